/**
 * A strict OpenID Connect provider for tests. It requires PKCE and ignores `offline_access` unless the person is asked
 * for consent. Its tokens live for 20 seconds. alice gets refresh tokens that are replaced at each use, other users get
 * none; a refresh token that is used twice ends the whole authorization.
 *
 * It prints its issuer, and serves once it has read the page's URL from its standard input. It stops when that closes.
 */

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import Provider from "oidc-provider";

const TOKEN_SECONDS = 20;
const DAY_SECONDS = 86_400;

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(issuer);
const lines = createInterface({ input: process.stdin }).on("close", () => process.exit());
const [pageUrl] = await new Promise((resolve) => lines.once("line", (...line) => resolve(line)));

const html = (content) => `<!doctype html><html lang="en"><title>Strict provider</title><main>${content}</main>`;
const signInForm = '<form method="post"><label>Username <input name="username"></label><button>Sign in</button></form>';
const consentForm = '<form method="post"><button>Allow</button></form>';

const provider = new Provider(issuer, {
	clients: [{
		client_id: "strict-page", token_endpoint_auth_method: "none", redirect_uris: [pageUrl], post_logout_redirect_uris: [pageUrl],
		grant_types: ["authorization_code", "refresh_token"], response_types: ["code"],
	}],
	clientBasedCORS: () => true,
	claims: { openid: ["sub"], email: ["email"] },
	cookies: { keys: ["only for tests"] },
	features: {
		devInteractions: { enabled: false },
		revocation: { enabled: true },
		rpInitiatedLogout: {
			enabled: true,
			logoutSource(ctx, form) {
				ctx.body = html(`${form}<button form="op.logoutForm" name="logout" value="yes">Sign out here too</button>`);
			},
		},
	},
	findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
	interactions: { url: (ctx, { uid }) => `/interaction/${uid}` },
	issueRefreshToken: (ctx, client, code) => code.accountId === "alice",
	jwks: { keys: [generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" })] },
	pkce: { methods: ["S256"], required: () => true },
	rotateRefreshToken: true,
	scopes: ["openid", "offline_access", "email"],
	ttl: {
		AccessToken: TOKEN_SECONDS, IdToken: TOKEN_SECONDS, AuthorizationCode: 60, Interaction: 600,
		Grant: DAY_SECONDS, RefreshToken: DAY_SECONDS, Session: DAY_SECONDS,
	},
});

provider.use(async (ctx, next) => {
	if (!ctx.path.startsWith("/interaction/")) return next();
	const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
	if (ctx.method === "GET") {
		ctx.body = html(prompt.name === "login" ? signInForm : consentForm);
		return;
	}
	const accountId = new URLSearchParams(await text(ctx.req)).get("username") ?? session.accountId;
	const grant = new provider.Grant({ accountId, clientId: params.client_id });
	grant.addOIDCScope(params.scope);
	const consent = { grantId: await grant.save() };
	await provider.interactionFinished(ctx.req, ctx.res, prompt.name === "login" ? { login: { accountId }, consent } : { consent });
});

server.on("request", provider.callback());
