-- grain: grouping, group_value, standing
-- reads: allocated_teams_candidates, int_episodes, int_nhs_numbers, int_people, int_trace_cohort
-- publishes to: audit/nhs_number_coverage
-- why: How far the NHS numbers of those in an episode of care can be trusted, by service, team, age
--   band and standing, and of the children of CP-IS against the 95 per cent that a council must
--   reach before it may go live.
-- numerator: people of the group whose number has the standing; status_01 is verified or traced,
--   usable is these and matched
-- denominator: all people of the group in an episode of care; of children_of_cpis, those on a plan
--   or looked after now, and the mothers of unborn children on a plan
-- source: the case store's episodes and allocations, and the standings of this run
-- known limits: who has several services or teams counts in each; an unborn child's plan counts by
--   the mother, whose number it is held against; a council's own trace of today shows only when its
--   answer has come
with people as (
    select
        cohort.person_id,
        cohort.in_scope,
        cohort.is_cpis_open,
        numbers.standing,
        people.age_years
    from int_trace_cohort as cohort
    inner join int_nhs_numbers as numbers on numbers.person_id = cohort.person_id
    inner join int_people as people on people.person_id = cohort.person_id
),

by_everyone as (
    select 'everyone' as "grouping", 'everyone' as group_value, person_id from people where in_scope
),

by_service as (
    select distinct 'service' as "grouping",
        coalesce(episodes.service, replace(episodes.kind, '_', ' ')) as group_value,
        people.person_id
    from people
    inner join int_episodes as episodes on episodes.person_id = people.person_id
    where people.in_scope and episodes.is_open
),

teams as (
    select distinct people.person_id, teams.team_name
    from people
    inner join allocated_teams_candidates as teams on teams.person_id = people.person_id
    where people.in_scope and teams.excluded_as is null
),

by_team as (
    select 'team' as "grouping", coalesce(teams.team_name, 'no team') as group_value,
        people.person_id
    from people
    left join teams on teams.person_id = people.person_id
    where people.in_scope
),

by_age as (
    select
        'age_band' as "grouping",
        case
            when age_years is null then 'unknown'
            when age_years < 1 then '0'
            when age_years < 5 then '1-4'
            when age_years < 16 then '5-15'
            when age_years < 18 then '16-17'
            when age_years < 65 then '18-64'
            when age_years < 85 then '65-84'
            else '85+'
        end as group_value,
        person_id
    from people
    where in_scope
),

by_cpis as (
    select 'children_of_cpis' as "grouping", 'children_of_cpis' as group_value, person_id
    from people where is_cpis_open
),

groups as (
    select "grouping", group_value, person_id from by_everyone
    union all
    select "grouping", group_value, person_id from by_service
    union all
    select "grouping", group_value, person_id from by_team
    union all
    select "grouping", group_value, person_id from by_age
    union all
    select "grouping", group_value, person_id from by_cpis
),

standings (standing) as (
    values ('verified'), ('traced'), ('matched'), ('held'), ('none'), ('conflict'), ('status_01'),
    ('usable')
),

counted as (
    select
        groups."grouping",
        groups.group_value,
        standings.standing,
        count(*) filter (
            where people.standing = standings.standing
                or (standings.standing = 'status_01' and people.standing in ('verified', 'traced'))
                or (standings.standing = 'usable'
                    and people.standing in ('verified', 'traced', 'matched'))
        ) as numerator,
        count(*) as denominator
    from groups
    inner join people on people.person_id = groups.person_id
    cross join standings
    group by groups."grouping", groups.group_value, standings.standing
),

final as (
    select
        "grouping",
        group_value,
        standing,
        numerator,
        denominator,
        -- cut, not rounded: 94.96 is not yet 95
        cast(floor(numerator * 1000e0 / denominator) / 10 as decimal(4, 1)) as percent,
        case when "grouping" = 'children_of_cpis' and standing = 'status_01'
            then cast(95 as decimal(4, 1)) end as target_percent
    from counted
)

select
    "grouping", group_value, standing, numerator, denominator, percent, target_percent,
    numerator * 100 >= target_percent * denominator as is_target_met
from final
