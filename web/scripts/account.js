import { byIds, icon, listen, on, setAttributes } from "./dom.js";
import { toError } from "./errors.js";
import { redirectToSignIn } from "./oidc.js";
import { signOut, startSession } from "./session.js";
import { locale, t } from "./words.js";

const [panel, opener, accountName, layout, welcome, errorText, signInButton, signingIn, signOutButton] =
	byIds("account", "account-button", "account-name", "layout", "welcome", "welcome-error", "sign-in", "signing-in", "sign-out");

let action = redirectToSignIn;

const showError = (error) => (errorText.textContent = error?.message ?? "");
const run = (work) => work().catch((error) => showError(toError(error)));
const show = (session, error) => {
	document.documentElement.removeAttribute("data-returning");
	document.body.dataset.session = session;
	layout.hidden = session !== "in";
	welcome.hidden = session !== "out";
	showError(error);
	const wasClicked = signingIn.matches(":popover-open");
	signingIn.hidePopover();
	if (wasClicked && session === "out" && !error) signInButton.click();
};

setAttributes(signInButton, { popovertarget: null, popovertargetaction: null }); // it has kept a click until now

listen({
	"signed-in": ({ claims }) => {
		const name = claims?.email ?? claims?.name ?? claims?.sub ?? "";
		accountName.textContent = name;
		signOutButton.hidden = !name;
		opener.replaceChildren(name ? [...name][0].toLocaleUpperCase(locale) : icon("person"));
		opener.setAttribute("aria-label", name ? t("account.labelOf", { name }) : t("account.label"));
		show("in");
	},
	"signed-out": ({ error }) => {
		panel.hidePopover();
		action = error?.isTemporary ? startSession : redirectToSignIn;
		signInButton.textContent = t(action === startSession ? "errors.retry" : "welcome.signIn");
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
on(signOutButton, { click: () => run(signOut) });
