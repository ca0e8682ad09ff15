/** The token endpoints: codes that count once, refresh tokens that count once. */
export interface AuthState {
  appKey: string;
  appSecret: string;
  accessToken: string;
  /** Tokens that were good once. */
  expired: Set<string>;
  refreshToken: string;
  codes: Set<string>;
  scopes: string[];
  userType: number;
  /** Seconds that an access token lives. */
  life: number;
  refreshes: number;
}

export function authState(): AuthState {
  return {
    appKey: '29a39d',
    appSecret: 'e59af819cc',
    accessToken: 'TTP_access_0',
    expired: new Set(),
    refreshToken: 'TTP_refresh_0',
    codes: new Set(['TTP_code_1', 'TTP_code_2']),
    scopes: [
      'creator.affiliate.info',
      'creator.affiliate_collaboration.read',
      'creator.affiliate.link.write',
      'creator.affiliate.share_link.read',
    ],
    userType: 1,
    life: 7 * 86_400,
    refreshes: 0,
  };
}

export function answerAuth(
  state: AuthState,
  path: string,
  query: URLSearchParams,
): { code: number; message: string; data?: unknown } {
  if (query.get('app_key') !== state.appKey || query.get('app_secret') !== state.appSecret)
    return { code: 36004003, message: 'app_key or app_secret is invalid' };
  if (path === '/api/v2/token/get' && query.get('grant_type') === 'authorized_code') {
    const code = query.get('auth_code') ?? '';
    // The real one repeats what it was asked, too.
    if (!state.codes.delete(code))
      return { code: 36004004, message: `Authorization code ${code} is expired or used` };
    return { code: 0, message: 'success', data: grant(state) };
  }
  if (path === '/api/v2/token/refresh' && query.get('grant_type') === 'refresh_token') {
    if (query.get('refresh_token') !== state.refreshToken)
      return { code: 36004005, message: `refresh token ${query.get('refresh_token')} is invalid` };
    return { code: 0, message: 'success', data: grant(state) };
  }
  return { code: 36009009, message: 'path not found' };
}

function grant(state: AuthState): unknown {
  state.refreshes++;
  state.expired.add(state.accessToken);
  state.accessToken = `TTP_access_${state.refreshes}`;
  state.refreshToken = `TTP_refresh_${state.refreshes}`;
  const now = Math.floor(Date.now() / 1000);
  return {
    access_token: state.accessToken,
    access_token_expire_in: now + state.life,
    refresh_token: state.refreshToken,
    refresh_token_expire_in: now + 120 * 86_400,
    open_id: '7010736057180325637',
    seller_name: 'Jjj test creator',
    seller_base_region: 'ID',
    user_type: state.userType,
    granted_scopes: state.scopes,
  };
}
