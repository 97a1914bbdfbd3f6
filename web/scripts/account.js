import { byIds, listen, on } from "./dom.js";
import { toError } from "./errors.js";
import { redirectToSignIn } from "./oidc.js";
import { signOut, startSession } from "./session.js";
import { confirmSignOut } from "./upload-list.js";

const [account, accountName, layout, welcome, errorText, signInButton, signOutButton] =
	byIds("account", "account-name", "layout", "welcome", "welcome-error", "sign-in", "sign-out");

let action = redirectToSignIn;

const showError = (error) => (errorText.textContent = error?.message ?? "");
const run = (work) => work().catch((error) => showError(toError(error)));
const show = (session, error) => {
	document.body.dataset.session = session;
	layout.hidden = session !== "in";
	welcome.hidden = session !== "out";
	showError(error);
};

listen({
	"signed-in": ({ claims }) => {
		account.hidden = claims === null;
		accountName.textContent = claims?.email ?? claims?.name ?? claims?.sub;
		show("in");
	},
	"signed-out": ({ error }) => {
		account.hidden = true;
		action = error?.isTemporary ? startSession : redirectToSignIn;
		signInButton.textContent = action === startSession ? "Try again" : "Sign in";
		show("out", error);
	},
});
on(signInButton, {
	click: async () => {
		showError();
		signInButton.disabled = true;
		await run(action);
		signInButton.disabled = false;
	},
});
on(window, { online: () => !welcome.hidden && action === startSession && signInButton.click() });
on(signOutButton, { click: () => confirmSignOut() && run(signOut) });
