/** What differs between deployments: config.json beside the page, `{apiUrl, signIn?}`. */

import { failure } from "./failures.js";

let loading;

/** The settings, loaded once; a failure is not kept, so that trying again asks again. */
export function config() {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load() {
  let settings;
  try {
    const response = await fetch("config.json");
    settings = response.ok ? await response.json() : null;
  } catch {
    settings = null; // offline, or not JSON: the same to a person
  }
  if (typeof settings?.apiUrl !== "string") throw failure("settings-missing");
  return { ...settings, apiUrl: settings.apiUrl.replace(/\/+$/, "") };
}
