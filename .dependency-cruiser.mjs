/**
 * The import boundaries of the architecture. Paths are relative to the repository's top folder.
 * Drivers and foundations of the server: none of them knows a feature.
 */
const foundations = 'storage|database|jobs|sandbox|trail|embedded|tls|tables';
const notFeatures = `${foundations}|http`;

/** `$1` in a `to` is the first group of the rule's `from`. */
const rules = [
  {
    name: 'no-cycles',
    comment: 'A circle of imports has no order in which to read it.',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'resolvable',
    comment: 'Every import leads to a file or to an installed package.',
    from: {},
    to: { couldNotResolve: true, pathNot: '^virtual:' },
  },
  {
    name: 'packages-are-declared',
    comment: 'A package that is used stands in package.json.',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg'] },
  },
  {
    name: 'product-without-dev-packages',
    comment: 'The running product imports no development dependency; vite builds the web before it.',
    from: { path: '^(server|media|search)/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'media-stands-alone',
    from: { path: '^media/' },
    to: { path: '^(server|search|web|infra|test)/' },
  },
  {
    name: 'search-stands-alone',
    from: { path: '^search/' },
    to: { path: '^(server|media|web|infra|test)/' },
  },
  {
    name: 'server-enters-by-the-door',
    comment: 'The server uses media and search by their public entries, and the wire of the classroom.',
    from: { path: '^server/' },
    to: { path: '^(media|search)/', pathNot: '^(media/(index|protocol)|search/index)\\.ts$' },
  },
  {
    name: 'server-without-web',
    from: { path: '^server/' },
    to: { path: '^(web|infra|test)/' },
  },
  {
    name: 'web-knows-the-wire-only',
    comment: 'The web knows the server by server/api.ts and the classroom by media/protocol.ts.',
    from: { path: '^web/' },
    to: { path: '^(server|media|search|infra|test)/', pathNot: '^(server/api|media/protocol)\\.ts$' },
  },
  {
    name: 'web-takes-types-of-the-server',
    comment: 'What is more than a type would carry the server into the browser.',
    from: { path: '^web/' },
    to: { path: '^server/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'nothing-imports-infra-or-test',
    from: { pathNot: '^(infra|test)/|^[^/]+$' },
    to: { path: '^(infra|test)/' },
  },
  {
    name: 'infra-without-test',
    from: { path: '^infra/' },
    to: { path: '^test/' },
  },
  {
    name: 'foundations-know-no-feature',
    from: { path: `^server/(${foundations})/` },
    to: { path: `^server/(?!(?:${foundations})/)[^/]+/` },
  },
  {
    name: 'http-knows-no-feature',
    comment: 'Features build on http; who someone is, http learns from a service it is handed.',
    from: { path: '^server/http/' },
    to: { path: `^server/(?!(?:${notFeatures})/)[^/]+/`, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'features-meet-in-services',
    comment:
      'A feature reaches another through a service it is handed: it may import its types and schema, nothing that acts.',
    from: { path: `^server/(?!(?:${notFeatures})/)([^/]+)/` },
    to: {
      path: `^server/(?!(?:${notFeatures})/)[^/]+/`,
      pathNot: '^server/$1/|/(schema|policy)\\.ts$',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'wiring-stays-on-top',
    comment: 'main → app → features: nothing below imports what wires it.',
    from: { path: '^server/[^/]+/' },
    to: { path: '^server/(main|app|config)\\.ts$', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'routes-go-through-services',
    from: { path: '^server/.+routes\\.ts$' },
    to: { path: 'repository\\.ts$' },
  },
  {
    name: 'services-know-no-routes',
    from: { path: '^server/.+(service|repository|policy)\\.ts$' },
    to: { path: 'routes\\.ts$' },
  },
  {
    name: 'repositories-are-lowest',
    from: { path: '^server/.+repository\\.ts$' },
    to: { path: 'service\\.ts$' },
  },
];

export default {
  forbidden: rules.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.vue', '.json', '.css'],
    },
    skipAnalysisNotInRules: true,
  },
};
