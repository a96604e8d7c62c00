-- grain: measure, custodian_worker_id, team_id
-- reads: cpis_follow_ups
-- why: How long a child waits for somebody to look, and for the matter to be closed.
-- numerator: median hours from notification to the first look and to the closing
-- denominator: follow-ups that were looked at, and that are closed, of this custodian and team
-- source: cpis_follow_ups
-- known limits: a closed follow-up counts for whom its step is assigned to; hours are of the clock,
--   not of work
with looked as (
    select
        'first_look' as measure, coalesce(custodian_worker_id, -1) as custodian_worker_id,
        coalesce(team_id, -1) as team_id,
        date_diff('minute', notified_at, seen_at at time zone 'Europe/London') / 60e0 as hours
    from cpis_follow_ups
    where seen_at is not null
    union all
    select
        'closure' as measure, coalesce(custodian_worker_id, -1) as custodian_worker_id,
        coalesce(team_id, -1) as team_id,
        date_diff('minute', notified_at, closed_at at time zone 'Europe/London') / 60e0 as hours
    from cpis_follow_ups
    where closed_at is not null
),

-- in order, so that the median is the middle one, or half-way between the two in the middle
placed as (
    select
        measure, custodian_worker_id, team_id, hours,
        row_number() over (partition by measure, custodian_worker_id, team_id order by hours)
            as rank,
        count(*) over (partition by measure, custodian_worker_id, team_id) as count_hours
    from looked
)

select
    measure, custodian_worker_id, team_id, max(count_hours) as denominator,
    round(avg(case when 2 * rank between count_hours and count_hours + 2 then hours end), 1)
        as value
from placed
group by measure, custodian_worker_id, team_id
