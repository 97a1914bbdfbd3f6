/** The sign-in page, and what is loaded after it: at once for people who may be signed in, or else when nothing else is to do. */

import "./account.js";
import { once } from "./config.js";
import { on } from "./dom.js";
import { appError } from "./errors.js";
import { setUpSession, startSession } from "./session.js";

const load = once(() => import("./app.js").catch(() => Promise.reject(appError("api-unreachable"))));
const loadEarly = () => load().catch(() => {}); // the session says if it can't be loaded

setUpSession({ load });
if (document.documentElement.dataset.returning) loadEarly();
else on(window, { load: () => requestIdleCallback(loadEarly) });
startSession();
