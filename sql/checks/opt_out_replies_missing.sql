-- severity: warn
-- grain: file
-- reads: int_opt_out_replies
-- why: a request to the national data opt-out without a whole reply in time clears nobody, so that
--   nobody is told of for secondary use
select file from int_opt_out_replies where not (is_whole and is_in_time)
