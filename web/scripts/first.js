/*
 * Runs before the first paint: people who probably have a session don't see the sign-in page first.
 * A classic script, because modules run after the first paint.
 */
document.documentElement.toggleAttribute("data-returning", "user" in sessionStorage || document.cookie.includes("returning=") || /[?&]state=/.test(location.search));
