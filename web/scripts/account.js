/** What a person sees of sign-in. */

import { hear, on, parts } from "./dom.js";
import { asFailure } from "./failures.js";
import { signOut, start } from "./session.js";
import { leaveToSignIn } from "./sign_in.js";

const PASSING = ["settings-missing", "api-unreachable"];
const [box, name, choose, welcome, complaint, signIn, out] = parts("account", "account-name", "choose", "welcome", "welcome-problem", "sign-in", "sign-out");

export function account({ leaving }) {
	let act = leaveToSignIn;

	const complain = (failure) => (complaint.textContent = failure?.message ?? "");
	const trying = (work) => work().catch((error) => complain(asFailure(error)));
	const show = (session, failure) => {
		document.body.dataset.session = session;
		choose.hidden = session !== "in";
		welcome.hidden = session !== "out";
		complain(failure);
	};

	hear({
		"signed-in": ({ claims }) => {
			box.hidden = claims === null;
			name.textContent = claims?.email ?? claims?.name ?? claims?.sub;
			show("in");
		},
		"signed-out": ({ failure }) => {
			box.hidden = true;
			act = PASSING.includes(failure?.code) ? start : leaveToSignIn;
			signIn.textContent = act === start ? "Try again" : "Sign in";
			show("out", failure);
		},
	});
	on(signIn, {
		click: async () => {
			complain();
			signIn.disabled = true;
			await trying(act);
			signIn.disabled = false;
		},
	});
	on(out, { click: () => leaving() && trying(signOut) });
}
