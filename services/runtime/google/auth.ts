/**
 * What loads google-auth-library late imports this file: in a bundle, import() of a package written for require() gives its default
 * export alone (https://github.com/evanw/esbuild/issues/3245), and the name looked for would be undefined.
 */
export { GoogleAuth } from 'google-auth-library';
