//! The process as users and clients start it: this test starts itself as the
//! server under test.

mod auth;
#[path = "../common/mod.rs"]
mod common;
mod drift;
mod http;
mod issuer;
mod metrics;
mod servers;
mod serving;
mod stdio;
mod support;

use std::process::ExitCode;

/// Names the server that the process is.
const ROLE: &str = "RUNTIME_TEST_SERVER";

/// Names and runs the cases.
macro_rules! cases {
    ($($module:ident: $($case:ident)*;)*) => {
        [$($((concat!(stringify!($module), "::", stringify!($case)), $module::$case as fn())),*),*]
    };
}

fn main() -> ExitCode {
    if let Ok(name) = std::env::var(ROLE) {
        return toolwright_runtime::run(servers::named(&name));
    }
    let cases = cases! {
        stdio: wrong_usage help_and_version stdio_on_pipes stdio_on_sockets stdio_on_files
            odd_input_before_the_start end_of_input_lets_calls_finish signals_end_stdio
            secrets_are_not_logged;
        http: http_serves health_is_asked http_checks_names signals_end_http requests_that_are_too_large
            sessions_for_older_clients warns_where_everybody_may_call;
        auth: tokens_of_the_environment tokens_of_an_authorization_server scopes_of_tools
            unknown_keys_are_not_looked_for_each_time no_keys the_callers_own_token
            a_session_is_of_who_began_it;
        metrics: what_prometheus_reads what_the_dashboard_asks_for a_backend_that_is_down;
        drift: what_strays_is_kept_and_told nothing_is_kept_where_it_cannot_be;
        serving: callers_have_rates_of_their_own traces_are_passed_on
            traces_go_where_the_environment_says;
    };
    let filter = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    for (name, case) in cases {
        if filter.as_deref().is_none_or(|filter| name.contains(filter)) {
            case();
            println!("test {name} ... ok");
        }
    }
    ExitCode::SUCCESS
}
