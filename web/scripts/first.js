/*
 * Runs before the first paint: people who have a session see the frame at once, and those who may have one no sign-in page.
 * A classic script, because modules run after the first paint.
 */
if ("user" in sessionStorage) document.documentElement.dataset.returning = "session";
else if (document.cookie.includes("returning=") || /[?&]state=/.test(location.search)) document.documentElement.dataset.returning = "maybe";
