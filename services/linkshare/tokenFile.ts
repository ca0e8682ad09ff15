import { fileSecret } from '../runtime/embedded/writableSecret.ts';
import { tokensIn } from './tokenText.ts';
import type { TokenStore } from './tokens.ts';

/** Tokens in a file that its owner alone reads. Several processes may share it. */
export const tokenFile = (file: string): TokenStore => tokensIn(fileSecret(file));
