-- severity: warn
-- reads: cpis_follow_ups
-- why: every open follow-up has a custodian in post
select follow_up_id from cpis_follow_ups where state <> 'closed' and custodian_worker_id is null
