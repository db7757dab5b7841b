/** Runes everywhere; styles go into one file of the bundle, never into the page. */
export default { compilerOptions: { runes: true, css: 'external' },
  vitePlugin: { dynamicCompileOptions: ({ filename }) => (filename.includes('node_modules') ? { runes: undefined } : undefined) } };
