/** The import directions of docs/architecture.md: shared <- {edge, regions, hub}, and nothing else. */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'shared-imports-nothing-of-ours', severity: 'error', from: { path: '^shared/' }, to: { path: '^(edge|regions|hub|scripts|tests|bench)/' } },
    { name: 'edge-knows-only-shared', severity: 'error', from: { path: '^edge/' }, to: { path: '^(regions|hub|scripts|tests|bench|shared/node)/' } },
    { name: 'regions-know-only-shared', severity: 'error', from: { path: '^regions/' }, to: { path: '^(edge|hub|scripts|bench)/' } },
    { name: 'hub-knows-only-shared', severity: 'error', from: { path: '^hub/' }, to: { path: '^(edge|regions|scripts|bench)/' } },
    { name: 'scripts-run-entry-points-only', severity: 'error', from: { path: '^scripts/' }, to: { path: '^(regions|hub|edge)/' } },
    {
      name: 'shared-is-pure',
      severity: 'error',
      from: { path: '^(shared/(kernel|domain|contract|snapshot)/|regions/ledger/core/|regions/connectors/)', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-needs-zod-only',
      severity: 'error',
      from: { path: '^shared/(kernel|domain|contract|snapshot)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev'], pathNot: 'node_modules/zod/' },
    },
    { name: 'tests-are-leaves', severity: 'error', from: { pathNot: '\\.test\\.ts$' }, to: { path: '\\.test\\.ts$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    exclude: { path: 'hub/console/dist' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'], extensions: ['.ts', '.tsx', '.js'] },
  },
}
