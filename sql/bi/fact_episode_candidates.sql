-- grain: source, source_id, person_id
-- reads: int_bi_people, int_bi_terms, int_episodes, stg_workflow_steps
-- why: Every episode of care, as it was when the last whole period ended: an episode that opened or
--   closed since then looks as it did before. A quarter and a year are shown where the month is
--   not.
with episodes as (
    select
        episodes.source, episodes.source_id, episodes.person_id, episodes.kind, episodes.service,
        terms.dates,
        case when episodes.opened_at >= terms.history_from then episodes.opened_at end as opened_at,
        case when episodes.closed_at < terms.whole_until then episodes.closed_at end as closed_at,
        coalesce(episodes.closed_at >= terms.whole_until, episodes.is_open) as is_open,
        episodes.opened_at < terms.whole_until
            and (
                episodes.opened_at >= terms.history_from
                or episodes.is_open
                or coalesce(episodes.closed_at >= terms.history_from, false)
            ) as is_timely
    from int_episodes as episodes
    cross join int_bi_terms as terms
),

final as (
    select
        episodes.source, episodes.source_id, episodes.person_id,
        people.age_band, people.age_group, people.sex,
        episodes.kind,
        episodes.kind || coalesce(': ' || episodes.service, '') as service_key,
        steps.responsible_team_id as team_id,
        cast(date_trunc(episodes.dates, episodes.opened_at) as date) as opened_on,
        cast(date_trunc(episodes.dates, episodes.closed_at) as date) as closed_on,
        episodes.is_open,
        case when not coalesce(episodes.is_timely, false) then 'outside_period' end as excluded_as
    from episodes
    left join int_bi_people as people on people.person_id = episodes.person_id
    left join stg_workflow_steps as steps
        on steps.workflow_step_id
            = case when episodes.source = 'workflow_step' then episodes.source_id end
)

select
    source, source_id, person_id, age_band, age_group, sex, kind, service_key, team_id,
    opened_on,
    cast(date_trunc('quarter', opened_on) as date) as opened_quarter_on,
    cast(year(opened_on) as integer) as opened_year,
    closed_on,
    cast(date_trunc('quarter', closed_on) as date) as closed_quarter_on,
    cast(year(closed_on) as integer) as closed_year,
    is_open, excluded_as
from final
