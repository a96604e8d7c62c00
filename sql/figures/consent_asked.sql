-- grain: breakdown, category, measure
-- reads: config.settings, config.small_numbers, int_consent_requests, stg_organisations
-- why: how often consent was asked, given and refused in the 28 days before the as-at moment, by team, role of who asked,
--   reason and way of asking
-- numerator: requests for consent that were given; refused or withdrawn; without a clear answer
-- denominator: requests for consent asked in those days, each counted once for each person that it is about
-- source: the forms of the configured consent steps
-- known limits: a reason, role or way of asking that fewer requests share than a small number stands under other, because
--   it is the writer's own words
with requests as (
    select
        coalesce(teams.name, 'no team recorded') as team,
        requests.asked_by_role, requests.reason, requests.way_of_asking,
        case
            when requests.decision = 'given' then 'given'
            when requests.decision in ('refused', 'withdrawn') then 'refused'
            else 'no clear answer'
        end as answer,
        small_numbers.hidden_to
    from int_consent_requests as requests
    cross join config.settings as settings
    cross join config.small_numbers as small_numbers
    left join stg_organisations as teams on teams.organisation_id = requests.asked_by_team_id
    where requests.is_dated and requests.asked_at > settings.as_at_local - interval '28' day
),

worded as (
    select
        team, answer,
        case
            when asked_by_role is null then 'not recorded'
            when count(*) over (partition by asked_by_role) > hidden_to then asked_by_role
            else 'other'
        end as role,
        case
            when reason is null then 'not recorded'
            when count(*) over (partition by reason) > hidden_to then reason
            else 'other'
        end as reason,
        case
            when way_of_asking is null then 'not recorded'
            when count(*) over (partition by way_of_asking) > hidden_to then way_of_asking
            else 'other'
        end as way
    from requests
),

placed as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within, answer from worded
    union all
    select 'team', team, 'all', answer from worded
    union all
    select 'role', role, 'all', answer from worded
    union all
    select 'reason', reason, 'all', answer from worded
    union all
    select 'way of asking', way, 'all', answer from worded
),

counted as (
    select
        breakdown, category, within,
        count(*) as count_asked,
        count(*) filter (where answer = 'given') as count_given,
        count(*) filter (where answer = 'refused') as count_refused,
        count(*) filter (where answer = 'no clear answer') as count_unclear
    from placed
    group by breakdown, category, within
),

final as (
    select breakdown, category, within, 'asked' as measure, cast(null as varchar) as part_of, count_asked as value from counted
    union all
    select breakdown, category, within, 'given', 'asked', count_given from counted
    union all
    select breakdown, category, within, 'refused', 'asked', count_refused from counted
    union all
    select breakdown, category, within, 'no clear answer', 'asked', count_unclear from counted
)

select breakdown, category, within, measure, part_of, value
from final
