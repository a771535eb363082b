"""What process mining says of words under process trees: the cost of an optimal alignment, 0 for a word of the language.

Reads one JSON object a line from standard input, {"tree": flow node, "words": [[step, ...], ...]}, and writes one JSON list of costs a line. Each deletion
and each insertion costs 1. With --replay also token replay is run, and with --times the seconds of each come last.
"""

import argparse
import itertools
import json
import logging
import sys
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

from pm4py.algo.conformance.alignments.petri_net import algorithm as alignments
from pm4py.algo.conformance.tokenreplay import algorithm as token_replay
from pm4py.objects.conversion.process_tree import converter
from pm4py.objects.log.obj import Event, EventLog, Trace
from pm4py.objects.process_tree.obj import Operator, ProcessTree

SILENT = None


def node(operator, *children):
    tree = ProcessTree(operator=operator, children=list(children))
    for child in children:
        child.parent = tree
    return tree


def leaf(label):
    return ProcessTree(label=label)


def sequence(parts):
    return parts[0] if len(parts) == 1 else node(Operator.SEQUENCE, *parts)


def optional(tree):
    return node(Operator.XOR, leaf(SILENT), tree)


def subsets(items):
    sizes = range(1, len(items) + 1)
    return [chosen for size in sizes for chosen in itertools.combinations(items, size)]


class Converter:
    """Turns flow nodes into process trees, for words of at most so many steps."""

    def __init__(self, longest):
        self.longest = longest

    def tree(self, flow):
        return getattr(self, flow["kind"].replace("-", "_").replace("if", "if_"))(flow)

    def each(self, flows):
        return [self.tree(flow) for flow in flows]

    def step(self, flow):
        return leaf(flow["step"])

    def sequence(self, flow):
        return sequence(self.each(flow["children"]))

    def parallel(self, flow):
        return self.beside(flow["children"])

    def beside(self, flows):
        return self.tree(flows[0]) if len(flows) == 1 else node(Operator.PARALLEL, *self.each(flows))

    def choice(self, flow):
        return node(Operator.XOR, *self.each(flow["children"]))

    def any_of(self, flow):
        return node(Operator.XOR, *[self.beside(chosen) for chosen in subsets(flow["children"])])

    def any_order(self, flow):
        orders = itertools.permutations(flow["children"])
        return node(Operator.XOR, *[sequence(self.each(order)) for order in orders])

    def optional(self, flow):
        return optional(self.tree(flow["child"]))

    def if_(self, flow):
        if "otherwise" not in flow:
            return self.optional(flow)
        return node(Operator.XOR, self.tree(flow["child"]), self.tree(flow["otherwise"]))

    def flow(self, flow):
        return self.tree(flow["child"])

    def repeat(self, flow):
        least, most = flow["min"], flow["max"]
        if flow["parallel"]:
            return self.copies(flow["child"], least, most)
        if most is None:
            return self.at_least(flow, least)
        rounds = self.rounds(flow, max(least, 1), most)
        return optional(rounds) if least == 0 else rounds

    def copies(self, child, least, most):
        # More copies than steps can only be empty ones.
        extra = self.longest if most is None else min(most - least, self.longest)
        parts = [self.tree(child) for _ in range(least)] + [optional(self.tree(child)) for _ in range(extra)]
        if not parts:
            return leaf(SILENT)
        return parts[0] if len(parts) == 1 else node(Operator.PARALLEL, *parts)

    def rounds(self, flow, least, most):
        tail = None
        for number in range(most, 1, -1):
            after = self.further(flow) + ([tail] if tail else [])
            tail = sequence(after) if number <= least else optional(sequence(after))
        return sequence([self.tree(flow["child"])] + ([tail] if tail else []))

    def further(self, flow):
        between = [self.tree(flow["between"])] if "between" in flow else []
        return between + [self.tree(flow["child"])]

    def at_least(self, flow, least):
        gap = self.tree(flow["between"]) if "between" in flow else leaf(SILENT)
        loop = node(Operator.LOOP, self.tree(flow["child"]), gap)
        if least == 0:
            return optional(loop)
        head = [part for _ in range(least - 1) for part in [self.tree(flow["child"])] + self.gaps(flow)]
        return sequence(head + [loop])

    def gaps(self, flow):
        return [self.tree(flow["between"])] if "between" in flow else []


def trace_of(word):
    return Trace([Event({"concept:name": step}) for step in word])


# The cost of one edit, in the units of the library. Silent transitions cost nothing.
ONE = 10_000


def costs_of(net):
    return {transition: 0 if transition.label is None else ONE for transition in net.transitions}


def align(net, initial, final, word):
    parameters = {
        "model_cost_function": costs_of(net),
        "sync_cost_function": {transition: 0 for transition in net.transitions},
        "trace_cost_function": [ONE] * len(word),
    }
    return alignments.apply_trace(trace_of(word), net, initial, final, parameters=parameters)["cost"] // ONE


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--replay", action="store_true")
    options.add_argument("--times", action="store_true")
    chosen = options.parse_args()
    spent = {"alignments": 0.0, "token replay": 0.0}
    for line in sys.stdin:
        case = json.loads(line)
        words = case["words"]
        net, initial, final = converter.apply(Converter(max(map(len, words), default=0)).tree(case["tree"]))
        began = time.process_time()
        costs = [align(net, initial, final, word) for word in words]
        spent["alignments"] += time.process_time() - began
        if chosen.replay:
            log = EventLog([trace_of(word) for word in words])
            began = time.process_time()
            token_replay.apply(log, net, initial, final, parameters={"show_progress_bar": False})
            spent["token replay"] += time.process_time() - began
        print(json.dumps(costs), flush=True)
    if chosen.times:
        print(json.dumps(spent))


if __name__ == "__main__":
    main()
