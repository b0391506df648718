using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>What the protocol asks of a gateway, line by line, and the tests that show it on the wire. The official suite runs beside them (<see cref="ConformanceScenarios"/>).</summary>
public sealed class WireTable
{
    private static readonly (string Line, string[] Tests)[] Lines =
    [
        // As a modern server.
        ("POST only; no session; Last-Event-ID means nothing", ["A_modern_client_may_post_a_cancellation_which_changes_nothing", "A_modern_stream_has_no_ids_and_is_not_resumed", "A_request_is_answered_by_the_first_rule_that_it_breaks"]),
        ("one message per body; the stream carries its notifications, then the answer", ["What_is_malformed_is_never_our_failure", "Two_hundred_messages_of_progress_come_in_order_and_before_the_result", "A_stream_is_not_buffered_on_its_way"]),
        ("comments keep a silent stream alive", ["A_silent_stream_is_kept_alive"]),
        ("Origin, Host, Accept, Content-Type, size", ["Who_may_not_ask_or_cannot_read_the_answer_is_refused", "A_message_that_is_too_large_is_413_and_reaches_nobody", "A_body_in_another_encoding_is_415_on_every_surface"]),
        ("a closed stream is a cancellation", ["A_cancellation_reaches_exactly_one_call_of_the_server", "A_lost_connection_cancels_for_a_modern_client_alone"]),
        ("the order of the rules: shape, _meta, revision, method and name, mirrored arguments, method", ["A_request_is_answered_by_the_first_rule_that_it_breaks", "An_unknown_revision_is_told_which_are_known"]),
        ("a missing client capability", ["A_capability_that_a_modern_server_misses_is_told_to_a_modern_client_as_it_is"]),
        ("resultType, serverInfo, ttlMs, cacheScope", ["Every_result_says_what_it_is_and_by_whom_and_how_long_it_is_good"]),
        ("lists: order, opaque cursors, bad cursors", ["Page_by_page_every_tool_comes_once", "A_request_is_answered_by_the_first_rule_that_it_breaks"]),
        ("unknown tool, prompt, resource", ["A_request_is_answered_by_the_first_rule_that_it_breaks", "A_resource_that_is_not_there_is_told_in_the_clients_era"]),
        ("questions by results: only declared ones, bound state, asked again when an answer is missing", ["A_call_passes_on_progress_and_logs_and_its_question_in_the_clients_way", "Nobody_is_asked_who_did_not_say_that_it_can_be", "A_server_is_not_let_ask_what_this_client_did_not_declare", "A_round_without_the_answer_is_asked_again"]),
        ("requestState: stolen, altered, of another request, used twice, expired", ["A_state_is_refused_to_everybody_else_and_for_everything_else", "A_held_call_goes_on_once", "The_servers_own_state_is_not_shown_and_goes_back_to_it", "A_state_lives_as_long_as_a_client_may_take_for_a_round"]),
        ("subscriptions/listen: acknowledged subset, ids with their type, only what was asked for", ["Each_subscription_gets_what_it_asked_for_under_its_own_id", "A_subscription_to_what_is_denied_is_not_honoured", "A_stream_that_listens_ends_when_its_key_is_revoked"]),
        ("progress only with a token, logs only with a level", ["A_modern_client_that_did_not_ask_for_logs_gets_none", "A_client_gets_the_logs_that_it_wants_and_no_others"]),

        // As a legacy server.
        ("initialize, revisions, ids of sessions", ["A_handshake_settles_the_revision_and_opens_a_session"]),
        ("no session 400, unknown or ended 404, DELETE, bad version 400, bound to the user and the endpoint", ["A_session_serves_whoever_opened_it_where_it_was_opened_and_until_it_ends", "The_end_of_a_session_ends_the_servers_session_and_what_runs_in_it"]),
        ("GET: one standalone stream, primed at 2025-11-25", ["There_is_one_standalone_stream_and_it_begins_as_the_revision_says"]),
        ("Last-Event-ID resumes exactly that stream", ["A_broken_stream_is_resumed_exactly_where_it_broke"]),
        ("a lost connection is no cancellation, the notification is", ["A_lost_connection_cancels_for_a_modern_client_alone", "A_cancellation_reaches_exactly_one_call_of_the_server"]),
        ("questions go down the stream of the request, or the session's own", ["A_call_passes_on_progress_and_logs_and_its_question_in_the_clients_way", "What_a_server_asks_outside_of_requests_comes_down_the_sessions_own_stream"]),
        ("batches at 2025-03-26 alone", ["A_batch_is_answered_in_the_one_revision_that_has_them"]),
        ("ping, logging/setLevel, resources/subscribe", ["A_ping_is_answered_under_its_id", "A_level_that_is_none_is_refused", "A_resource_that_somebody_watches_is_told_of_and_no_other"]),
        ("sessions at another instance", ["A_session_is_served_by_the_other_gateway_its_stream_and_its_end_included", "A_servers_question_is_answered_by_way_of_the_other_gateway"]),

        // As a client of servers.
        ("the era is found once", ["The_era_is_found_and_tools_are_listed_and_called"]),
        ("mirrored headers; tools whose annotations break the rules are left out; -32020 looks again", ["A_modern_server_gets_every_header_that_mirrors_the_body_whatever_the_client_sent", "A_tool_whose_mirrored_headers_break_the_rules_is_left_out_and_the_log_says_so", "A_server_that_mirrors_other_arguments_by_now_is_looked_at_and_called_again_once"]),
        ("JSON and streams; an absent resultType", ["A_result_without_its_type_is_complete", "Four_mebibytes_pass_both_ways"]),
        ("the client's key goes nowhere", ["A_client_never_sees_the_servers_session_and_the_server_never_the_clients_key_or_session", "Credentials_reach_the_upstream_and_nobody_else_and_the_callers_key_does_not"]),
        ("a session that a server lost", ["What_a_session_wanted_holds_when_the_server_has_lost_its_session", "A_resource_is_watched_again_when_the_server_has_lost_its_session", "A_forgotten_session_is_opened_again_without_the_caller_noticing"]),

        // Across eras.
        ("sessions and capabilities", ["A_server_is_told_who_the_client_is_and_what_it_can_be_asked_in_its_own_era", "A_change_of_the_clients_roots_reaches_the_servers_that_know_its_session"]),
        ("questions, several at once, one after the other", ["A_call_passes_on_progress_and_logs_and_its_question_in_the_clients_way", "Several_questions_at_once_are_answered_each_by_its_own_answer", "One_question_after_the_other_is_answered_in_their_order", "A_held_call_goes_on_by_way_of_the_other_gateway"]),
        ("cancellation", ["A_cancellation_reaches_exactly_one_call_of_the_server"]),
        ("changes", ["A_changed_list_is_told_soon_and_is_new_by_then", "Changes_at_once_are_told_at_once", "A_resource_that_somebody_watches_is_told_of_and_no_other", "Who_listens_to_all_servers_hears_of_one_that_came_later", "What_changed_while_a_server_was_away_is_told_when_it_is_back"]),
        ("logs", ["A_client_gets_the_logs_that_it_wants_and_no_others", "A_server_that_is_used_for_the_first_time_learns_the_sessions_level", "A_legacy_server_that_is_a_process_is_told_as_well"]),
        ("errors", ["A_resource_that_is_not_there_is_told_in_the_clients_era", "A_method_that_the_server_does_not_know_is_404_for_a_modern_client_alone"]),
        ("members that an era has and the other has not", ["Every_result_says_what_it_is_and_by_whom_and_how_long_it_is_good", "A_legacy_client_sees_nothing_of_what_only_the_modern_era_knows", "A_legacy_server_sees_nothing_of_the_modern_era"]),
        ("what does not cross: tasks", ["Tasks_belong_to_whom_a_server_has_them_with_and_pass_as_they_are"]),

        // What gateways get wrong.
        ("the same ids and tokens from many clients", ["Fifty_clients_with_the_same_ids_and_tokens_get_each_their_own"]),
        ("order; nothing is buffered", ["Two_hundred_messages_of_progress_come_in_order_and_before_the_result", "A_stream_is_not_buffered_on_its_way"]),
        ("413 before the body was read", ["A_413_that_comes_before_the_body_was_read_is_reported_as_that"]),
        ("unknown members, numbers, U+2028, U+2029, U+0000", ["Arguments_arrive_as_they_were_written", "Results_and_errors_come_back_as_they_were_written", "Logs_and_progress_keep_what_they_carry"]),
        ("lists are new before anybody is told", ["A_changed_list_is_told_soon_and_is_new_by_then"]),
        ("capabilities are not widened", ["A_server_is_told_who_the_client_is_and_what_it_can_be_asked_in_its_own_era"]),
        ("malformed input", ["What_is_malformed_is_never_our_failure", "Bytes_that_are_no_text_are_a_parse_error"]),
        ("policy and records of prompts, resources and completions", ["What_is_denied_is_neither_listed_nor_to_be_had_and_looks_like_nothing", "Prompts_reads_and_completions_are_recorded_like_calls"]),
        ("resources of apps", ["Resources_of_apps_and_what_they_carry_pass_as_they_are"]),
    ];

    [Fact]
    public void Every_line_is_shown_by_tests_that_there_are()
    {
        var sources = string.Concat(((string[])["UnitTests", "IntegrationTests"])
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", project), "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText));

        Lines.SelectMany(line => line.Tests).Distinct().Where(test => !sources.Contains($" {test}(", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
