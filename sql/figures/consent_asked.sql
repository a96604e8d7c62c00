-- grain: breakdown, category, measure
-- reads: config.pack_periods, config.small_numbers, int_consent_requests, stg_organisations
-- why: how often consent was asked, given and refused in the last whole week and month before the
--   as-at moment and in the twelve months up to then, by team, role of who asked, reason and way of
--   asking; and month by month for two years
-- numerator: requests for consent that were given; refused or withdrawn; without a clear answer
-- denominator: requests for consent asked in that week, month or year, each counted once for each
--   person that it is about
-- source: the forms of the configured consent steps
-- known limits: a reason, role or way of asking that fewer requests share than a small number
--   stands under other, because it is the writer's own words
with requests as (
    select
        periods.period,
        coalesce(teams.name, 'no team recorded') as team,
        requests.asked_by_role, requests.reason, requests.way_of_asking,
        case
            when requests.decision = 'given' then 'given'
            when requests.decision in ('refused', 'withdrawn') then 'refused'
            else 'no clear answer'
        end as answer,
        small_numbers.hidden_to
    from int_consent_requests as requests
    inner join config.pack_periods as periods
        on requests.asked_at >= periods.from_at and requests.asked_at < periods.until_at
    cross join config.small_numbers as small_numbers
    left join stg_organisations as teams on teams.organisation_id = requests.asked_by_team_id
    where requests.is_dated
),

worded as (
    select
        period, team, answer,
        case
            when asked_by_role is null then 'not recorded'
            when count(*) over (partition by period, asked_by_role) > hidden_to then asked_by_role
            else 'other'
        end as role,
        case
            when reason is null then 'not recorded'
            when count(*) over (partition by period, reason) > hidden_to then reason
            else 'other'
        end as reason,
        case
            when way_of_asking is null then 'not recorded'
            when count(*) over (partition by period, way_of_asking) > hidden_to then way_of_asking
            else 'other'
        end as way
    from requests
),

placed as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within, period, answer
    from worded
    union all
    select 'team', team, 'all', period, answer from worded
    union all
    select 'role', role, 'all', period, answer from worded
    union all
    select 'reason', reason, 'all', period, answer from worded
    union all
    select 'way of asking', way, 'all', period, answer from worded
),

-- the last whole month is the same number as the whole's, so that neither is shown where the other
-- is hidden
months as (
    select
        months.from_at - offsets.n * interval '1' month as from_at,
        months.until_at - offsets.n * interval '1' month as until_at,
        case when offsets.n = 0 then 'all' end as within
    from config.pack_periods as months
    cross join unnest(numbers_below(24)) as offsets (n)
    where months.period = 'month'
),

placed_by_month as (
    select
        'month' as breakdown, substr(cast(cast(months.from_at as date) as varchar), 1, 7)
            as category, months.within, 'month' as period,
        case
            when requests.decision = 'given' then 'given'
            when requests.decision in ('refused', 'withdrawn') then 'refused'
            when requests.is_dated then 'no clear answer'
        end as answer
    from months
    left join int_consent_requests as requests
        on requests.asked_at >= months.from_at and requests.asked_at < months.until_at
            and requests.is_dated
),

counted as (
    select
        breakdown, category, within, ' in the ' || period as span,
        count(answer) as count_asked,
        count(*) filter (where answer = 'given') as count_given,
        count(*) filter (where answer = 'refused') as count_refused,
        count(*) filter (where answer = 'no clear answer') as count_unclear
    from (
        select breakdown, category, within, period, answer from placed
        union all
        select breakdown, category, within, period, answer from placed_by_month
    )
    group by breakdown, category, within, period
),

final as (
    select breakdown, category, within, 'asked' || span as measure,
        cast(null as varchar) as part_of, count_asked as value from counted
    union all
    select breakdown, category, within, 'given' || span, 'asked' || span, count_given from counted
    union all
    select breakdown, category, within, 'refused' || span, 'asked' || span, count_refused
    from counted
    union all
    select breakdown, category, within, 'no clear answer' || span, 'asked' || span, count_unclear
    from counted
)

select breakdown, category, within, measure, part_of, value
from final
