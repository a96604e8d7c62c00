-- grain: collection_year, rule_code, person_id, source_table, source_key
-- reads: int_ssda903_episode_checks, ssda903_dolo, ssda903_placed_adoption,
--   ssda903_previous_permanence
-- why: The rules that hold several files, or several episodes, of one child against each other: how
--   long an order may last, what adoption needs, and what must be told of who came into care.
with runs as (
    select
        *,
        sum(case when previous_ls = ls and previous_dec = decom then 0 else 1 end) over (
            partition by collection_year, person_id
            order by decom, period_of_care_id, span rows unbounded preceding
        ) as run
    from int_ssda903_episode_checks
    where ls in ('L1', 'L2', 'L3', 'J2')
),

limits as (
    select
        collection_year, person_id, legal_status_id, ls,
        count(*) over (partition by collection_year, person_id, ls, run) as rows_affected,
        date_diff('day', min(decom) over (partition by collection_year, person_id, ls, run),
            max(coalesce(dec, ends_on)) over (partition by collection_year, person_id, ls, run))
                as days
    from runs
),

breaks as (
    select collection_year, person_id, min(legal_status_id) as legal_status_id,
        count(*) as rows_affected,
        sum(date_diff('day', greatest(decom, starts_on), least(coalesce(dec, ends_on), ends_on)))
            as days
    from int_ssda903_episode_checks
    where ls = 'V3'
    group by collection_year, person_id
),

adopting as (
    select collection_year, person_id, min(decom) as first_on, min(placement_id) as placement_id,
        count(*) as rows_affected
    from int_ssda903_episode_checks
    where place in ('A3', 'A4', 'A5', 'A6')
    group by collection_year, person_id
),

ordered as (
    select
        collection_year, person_id, min(decom) as first_on, min(legal_status_id) as legal_status_id,
        count(*) as rows_affected, bool_or(dec is null) as is_open
    from int_ssda903_episode_checks
    where ls = 'E1'
    group by collection_year, person_id
),

decided as (
    select
        collection_year, person_id, max(date_placed) as date_placed,
        bool_or(date_placed is null) as has_blank,
        bool_or(date_placed_ceased is not null or reason_placed_ceased is not null) as is_taken_back
    from ssda903_placed_adoption
    group by collection_year, person_id
),

admitted as (
    select episodes.collection_year, episodes.person_id,
        max(episodes.period_of_care_id) as period_of_care_id, count(*) as rows_affected
    from int_ssda903_episode_checks as episodes
    where episodes.rne = 'S' and episodes.decom >= episodes.starts_on
    group by episodes.collection_year, episodes.person_id
),

cared as (
    select
        *,
        sum(case when previous_decom is not null and (previous_dec is null or decom <= previous_dec)
            then 0 else 1 end) over (
            partition by collection_year, person_id
            order by decom, period_of_care_id, span rows unbounded preceding
        ) as stretch
    from int_ssda903_episode_checks
),

stretches as (
    select collection_year, person_id, min(decom) as began_on,
        max_by(coalesce(dec, date '9999-12-31'), decom) as ended_on
    from cared
    group by collection_year, person_id, stretch
),

uncared as (
    select dolo.collection_year, dolo.person_id, dolo.workflow_step_id
    from ssda903_dolo as dolo
    inner join stretches on stretches.collection_year = dolo.collection_year
        and stretches.person_id = dolo.person_id
    where dolo.dolo_start is not null
    group by dolo.collection_year, dolo.person_id, dolo.workflow_step_id
    having not bool_or(
        case
            when dolo.dolo_end is null
                then stretches.ended_on = date '9999-12-31'
                and dolo.dolo_start >= stretches.began_on
            else dolo.dolo_end between stretches.began_on and stretches.ended_on
        end)
),

placed_under as (
    select
        dolo.collection_year, dolo.person_id, dolo.workflow_step_id, count(*) as rows_affected,
        bool_or(episodes.place in ('K1', 'P1', 'R5', 'K3')) as is_forbidden
    from ssda903_dolo as dolo
    inner join int_ssda903_episode_checks as episodes
        on episodes.collection_year = dolo.collection_year and episodes.person_id = dolo.person_id
        and dolo.dolo_start is not null
            and (episodes.dec is null or dolo.dolo_start <= episodes.dec)
            and dolo.dolo_end >= episodes.decom
    where coalesce(episodes.place, '') not in ('K2', 'Z12', 'Z13')
    group by dolo.collection_year, dolo.person_id, dolo.workflow_step_id
),

found as (
    select collection_year, case ls when 'L1' then '361' when 'L2' then '362'
        when 'L3' then '363' else '364' end as rule_code, person_id,
        'dm_legal_statuses' as source_table, cast(legal_status_id as varchar) as source_key,
        'DEC' as field, rows_affected
    from limits
    where days > case ls when 'L1' then 3 when 'L2' then 21 when 'L3' then 7 else 21 end
    union all
    select collection_year, '367', person_id, 'dm_legal_statuses', cast(legal_status_id as varchar),
        'DEC', rows_affected
    from breaks
    where days > 75
    union all
    select adopting.collection_year, '551', adopting.person_id, 'dm_placements',
        cast(adopting.placement_id as varchar), 'DATE_PLACED', adopting.rows_affected
    from adopting
    left join decided on decided.collection_year = adopting.collection_year
        and decided.person_id = adopting.person_id
    where decided.person_id is null or decided.has_blank
    union all
    select adopting.collection_year, '552', adopting.person_id, 'dm_placements',
        cast(adopting.placement_id as varchar), 'DATE_PLACED', adopting.rows_affected
    from adopting
    inner join decided on decided.collection_year = adopting.collection_year
        and decided.person_id = adopting.person_id
    where decided.date_placed > adopting.first_on
    union all
    select ordered.collection_year, '553', ordered.person_id, 'dm_legal_statuses',
        cast(ordered.legal_status_id as varchar), 'DATE_PLACED', ordered.rows_affected
    from ordered
    left join decided on decided.collection_year = ordered.collection_year
        and decided.person_id = ordered.person_id
    where decided.person_id is null or ordered.is_open and decided.is_taken_back
    union all
    select ordered.collection_year, '554', ordered.person_id, 'dm_legal_statuses',
        cast(ordered.legal_status_id as varchar), 'DATE_PLACED', ordered.rows_affected
    from ordered
    inner join decided on decided.collection_year = ordered.collection_year
        and decided.person_id = ordered.person_id
    where decided.date_placed > ordered.first_on
    union all
    select admitted.collection_year, '630', admitted.person_id, 'dm_periods_of_care',
        cast(admitted.period_of_care_id as varchar), 'PREV_PERM', admitted.rows_affected
    from admitted
    left join ssda903_previous_permanence as permanence
        on permanence.collection_year = admitted.collection_year
            and permanence.person_id = admitted.person_id
    where permanence.prev_perm is null
        or permanence.prev_perm <> 'Z1'
            and (permanence.la_perm is null or permanence.date_perm is null)
    union all
    select collection_year, '707', person_id, 'dm_workflow_steps',
        cast(workflow_step_id as varchar), 'DOLO_END', 1
    from uncared
    union all
    select collection_year, '709', person_id, 'dm_workflow_steps',
        cast(workflow_step_id as varchar), 'DOLO_START', rows_affected
    from placed_under
    union all
    select collection_year, '710', person_id, 'dm_workflow_steps',
        cast(workflow_step_id as varchar), 'DOLO_START', rows_affected
    from placed_under
    where is_forbidden
)

select collection_year, rule_code, person_id, source_table, source_key, min(field) as field,
    max(rows_affected) as rows_affected
from found
group by collection_year, rule_code, person_id, source_table, source_key
