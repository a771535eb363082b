// The import table: who may import whom. Type imports count. A folder imports its own files and what is listed.
const lib = '^src/(model|lib)/';
const core = '^src/(model/|lib/|errors\\.ts$)';

const rooms = {
  'src/model': [],
  'src/lib': [],
  'src/flow': [core],
  'src/config': [core],
  'src/stores': [core],
  'src/validators': [lib],
  'src/embedded': [core],
  'src/faults': [core],
  'src/load': [core],
  'src/view': ['^src/model/'],
  'src/report': [lib, '^src/view/'],
  'src/dashboard': [lib, '^src/view/', '^src/report/reporter\\.ts$'],
  'src/orchestrator': [
    '^src/(model|lib|errors|flow|config|stores|validators|embedded|faults|load|view|report)',
    '^collectors/',
    '^instrumentation/',
  ],
  'src/cli': ['^src/(orchestrator|config|report|dashboard)/', '^src/(errors\\.ts|model/|lib/)'],
  'src/testing': ['^src/(orchestrator|config|report|dashboard)/', '^src/(errors\\.ts|model/|lib/)'],
  collectors: [core, '^instrumentation/src/wire-names\\.ts$', '^instrumentation/build/wire-names'],
  'instrumentation/src': [],
  'examples/gpu-allocation/src': ['^instrumentation/'],
};

const ours = '^(src|collectors|instrumentation|examples|test|bench)/';

function border([room, guests]) {
  return {
    name: `border of ${room}`,
    severity: 'error',
    from: { path: `^${room}/` },
    to: { path: ours, pathNot: [`^${room}/`, ...guests] },
  };
}

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(border),
    { name: 'no circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'errors import the model only',
      severity: 'error',
      from: { path: '^src/errors\\.ts$' },
      to: { path: ours, pathNot: ['^src/model/'] },
    },
    {
      name: 'model and view run in a browser',
      severity: 'error',
      from: { path: '^src/(model|view)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'validators do no I/O',
      severity: 'error',
      from: { path: '^src/validators/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', '/build/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
