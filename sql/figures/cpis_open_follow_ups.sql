-- grain: custodian_worker_id, severity
-- reads: cpis_follow_ups
-- why: What is open and what is open too long, by who must do it.
-- numerator: open follow-ups beyond their due time
-- denominator: all open follow-ups of this custodian and severity
-- source: cpis_follow_ups
-- known limits: none
select
    coalesce(custodian_worker_id, -1) as custodian_worker_id, severity,
    cast(count(*) filter (where is_past_due) as bigint) as numerator,
    cast(count(*) as bigint) as denominator
from cpis_follow_ups
where state <> 'closed'
group by 1, 2
