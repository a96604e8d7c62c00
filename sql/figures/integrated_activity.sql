-- grain: breakdown, category, measure
-- reads: int_integrated_activity
-- why: the integrated teams' activity by the definitions of both statutory regimes side by side,
--   and why they differ
-- numerator: what both regimes count, what one of them counts, and of each the activities with the
--   reason
-- denominator: everything that the integrated teams did in the twelve months of the adults' return
-- source: the case store's steps and visits, and the configured health senders' contacts with the
--   people of the teams' caseload
-- known limits: what social care counts is the first two lines together, what health counts the
--   first and the third. Health's own submission is the trust's; its definitions are read from the
--   public list of its tables. An appointment that was kept is counted by its contact. Who is on
--   the caseload is known as of now
with items as (
    select
        kind || ': ' || words as reason,
        case
            when counts_for_social_care and counts_for_health then '1 counted by both'
            when counts_for_social_care then '2 counted by social care only'
            when counts_for_health then '3 counted by health only'
            else '4 counted with another'
        end as counted
    from int_integrated_activity
),

groups as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within from items
    union all
    select 'counted', counted, 'all' from items
    union all
    select 'reason', reason, counted from items
)

select breakdown, category, within, 'items' as measure, cast(null as varchar) as part_of,
    count(*) as value
from groups
group by breakdown, category, within
