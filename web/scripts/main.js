/** The sign-in page, and what is loaded after it: at once for people who may be signed in, or else when nothing else is to do. */

import "./account.js";
import { once } from "./config.js";
import { on } from "./dom.js";
import { setUpSession, startSession } from "./session.js";

const load = once(() => import("./app.js"));

setUpSession({ load });
if (document.documentElement.dataset.returning) load();
else on(window, { load: () => requestIdleCallback(load) });
startSession();
