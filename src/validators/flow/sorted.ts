/** From so many on, moving neighbours past each other costs more than sorting afresh. */
const FEW = 48;

/**
 * Sorts items by their numbers, both lists in place; equal numbers keep their order. Made for what is nearly in order already, as the points of one process are.
 */
export function sortByNumber(items: number[], numbers: number[]): void {
  if (items.length > FEW) {
    sortAfresh(items, numbers);
    return;
  }
  for (let i = 1; i < items.length; i++) {
    const item = items[i] as number;
    const number = numbers[i] as number;
    let at = i;
    for (; at > 0 && (numbers[at - 1] as number) > number; at--) {
      items[at] = items[at - 1] as number;
      numbers[at] = numbers[at - 1] as number;
    }
    items[at] = item;
    numbers[at] = number;
  }
}

function sortAfresh(items: number[], numbers: number[]): void {
  const order = items.map((_, i) => i).sort((a, b) => (numbers[a] as number) - (numbers[b] as number));
  const [oldItems, oldNumbers] = [[...items], [...numbers]];
  order.forEach((from, to) => {
    items[to] = oldItems[from] as number;
    numbers[to] = oldNumbers[from] as number;
  });
}
