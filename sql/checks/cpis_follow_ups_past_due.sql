-- severity: warn
-- reads: cpis_follow_ups
-- why: a follow-up that outlived its due time is escalated
select follow_up_id from cpis_follow_ups where is_past_due
