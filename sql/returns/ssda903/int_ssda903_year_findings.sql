-- grain: collection_year, rule_code, person_id, source_table, source_key
-- reads: config.return_periods, int_ssda903_episode_checks, int_ssda903_last_episodes,
--   int_ssda903_last_events, int_ssda903_last_headers, ssda903_dolo, ssda903_header,
--   ssda903_missing, ssda903_oc3, ssda903_placed_adoption, ssda903_uasc
-- why: The rules that hold a year against the one before, each named by its code: what the record
--   now says otherwise than last year's return did, and what that return left open and this one
--   does not go on with.
with years as (
    select year as collection_year, starts_on, ends_on
    from config.return_periods
    where return_name = '903' and year in (select collection_year from int_ssda903_last_episodes)
),

openings as (
    select
        now.*, last.rne as last_rne, last.ls as last_ls, last.cin as last_cin,
        last.place as last_place, last.place_provider as last_provider, last.urn as last_urn,
        last.decom as last_decom, last.placement_authority as last_authority,
        last.placement_location as last_location, last.placement_distance as last_distance,
        last.child is not null and last.dec is null as is_open,
        last.placement_distance is null and now.placement_distance is not null
        or abs(now.placement_distance - last.placement_distance) >= 0.2 as is_distance_other
    from int_ssda903_episode_checks as now
    inner join years on years.collection_year = now.collection_year
    left join int_ssda903_last_episodes as last
        on last.collection_year = now.collection_year and last.child = now.child and last.is_last
    where now.previous_decom is null
),

adopted as (
    select collection_year, child, min(decom) as adopted_in
    from (
        select collection_year, child, decom from int_ssda903_last_episodes
        where rec in ('E11', 'E12')
        union all
        select collection_year, child, decom from int_ssda903_episode_checks
        where rec in ('E11', 'E12')
    ) as adoptions
    group by collection_year, child
),

found as (
    select
        collection_year, person_id,
        unnest(list_filter([
            case when is_open and rne is distinct from last_rne
                then {'rule_code': '503A', 'field': 'RNE', 'source_table': 'dm_periods_of_care',
                'source_key': cast(period_of_care_id as varchar)} end,
            case when is_open and ls is distinct from last_ls
                then {'rule_code': '503B', 'field': 'LS', 'source_table': 'dm_legal_statuses',
                'source_key': cast(legal_status_id as varchar)} end,
            case when is_open and cin is distinct from last_cin
                then {'rule_code': '503C', 'field': 'CIN', 'source_table': 'dm_placements',
                'source_key': cast(placement_id as varchar)} end,
            case when is_open and place is distinct from last_place
                then {'rule_code': '503D', 'field': 'PLACE', 'source_table': 'dm_placements',
                'source_key': cast(placement_id as varchar)} end,
            case when is_open and place_provider is distinct from last_provider
                then {'rule_code': '503E', 'field': 'PLACE_PROVIDER',
                'source_table': 'dm_placements', 'source_key': cast(placement_id as varchar)} end,
            case when is_open and urn is distinct from last_urn
                then {'rule_code': '503F', 'field': 'URN', 'source_table': 'dm_placements',
                'source_key': cast(placement_id as varchar)} end,
            case when is_open and is_distance_other
                then {'rule_code': '503G', 'field': 'PL_POST',
                'source_table': 'dm_placement_carer_addresses',
                'source_key': cast(coalesce(carer_id, placement_id) as varchar)} end,
            case when is_open and placement_authority is distinct from last_authority
                then {'rule_code': '503H', 'field': 'PL_POST',
                'source_table': 'dm_placement_carer_addresses',
                'source_key': cast(coalesce(carer_id, placement_id) as varchar)} end,
            case when is_open and placement_location is distinct from last_location
                then {'rule_code': '503J', 'field': 'PL_POST',
                'source_table': 'dm_placement_carer_addresses',
                'source_key': cast(coalesce(carer_id, placement_id) as varchar)} end,
            case when is_open and rne = last_rne
                and placement_authority is distinct from last_authority
                then {'rule_code': '452', 'field': 'PL_POST',
                'source_table': 'dm_placement_carer_addresses',
                'source_key': cast(coalesce(carer_id, placement_id) as varchar)} end,
            case when is_open and rne = last_rne and is_distance_other
                then {'rule_code': '453', 'field': 'PL_POST',
                'source_table': 'dm_placement_carer_addresses',
                'source_key': cast(coalesce(carer_id, placement_id) as varchar)} end,
            case when decom < starts_on and decom is distinct from last_decom
                then {'rule_code': '562', 'field': 'DECOM', 'source_table': 'dm_placements',
                'source_key': cast(placement_id as varchar)} end,
            case when decom < starts_on and last_decom is null
                then {'rule_code': 'NoE', 'field': 'DECOM', 'source_table': 'dm_periods_of_care',
                'source_key': cast(period_of_care_id as varchar)} end
        ], lambda rule: rule is not null)) as rule
    from openings
    union all
    select
        openings.collection_year, openings.person_id,
        {'rule_code': '502', 'field': 'DECOM', 'source_table': 'dm_placements',
            'source_key': cast(openings.placement_id as varchar)}
    from openings
    inner join int_ssda903_last_episodes as last
        on last.collection_year = openings.collection_year and last.child = openings.child
            and last.dec is null and last.decom is distinct from openings.decom
    union all
    select
        now.collection_year, now.person_id,
        {'rule_code': '199', 'field': 'CHILD', 'source_table': 'dm_periods_of_care',
            'source_key': cast(now.period_of_care_id as varchar)}
    from int_ssda903_episode_checks as now
    inner join adopted on adopted.collection_year = now.collection_year
        and adopted.child = now.child and adopted.adopted_in < now.decom
    union all
    select
        now.collection_year, now.person_id,
        unnest(list_filter([
            case when now.sex is distinct from last.sex
                then {'rule_code': '202', 'field': 'SEX', 'source_table': 'dm_persons',
                'source_key': cast(now.person_id as varchar)} end,
            case when now.dob is distinct from last.dob
                then {'rule_code': '203', 'field': 'DOB', 'source_table': 'dm_persons',
                'source_key': cast(now.person_id as varchar)} end,
            case when now.ethnic is distinct from last.ethnic
                then {'rule_code': '204', 'field': 'ETHNIC', 'source_table': 'dm_persons',
                'source_key': cast(now.person_id as varchar)} end,
            case when last.mother = 1 and now.mother is distinct from 1
                and opened.person_id is not null
                then {'rule_code': '207', 'field': 'MOTHER', 'source_table': 'dm_persons',
                'source_key': cast(now.person_id as varchar)} end,
            case when upper(now.upn) is distinct from upper(last.upn)
                and not (coalesce(upper(last.upn), 'UN1') = 'UN1'
                    and coalesce(upper(now.upn), '') in ('UN2', 'UN3', 'UN4', 'UN5'))
                and not (coalesce(upper(last.upn), 'UN1') in ('UN1', 'UN2', 'UN3', 'UN4', 'UN5')
                    and now.upn is not null
                    and upper(now.upn) not in ('UN1', 'UN2', 'UN3', 'UN4', 'UN5'))
                        then {'rule_code': '208', 'field': 'UPN', 'source_table': 'dm_persons',
                        'source_key': cast(now.person_id as varchar)} end,
            case when uasc.person_id is not null and last.is_unaccompanied
                and ((uasc.duc is null or uasc.duc not between years.starts_on and years.ends_on)
                and uasc.duc is distinct from last.duc
                    or last.duc is distinct from cast(last.dob + interval '18' year as date))
                    then {'rule_code': '205B', 'field': 'DUC', 'source_table': 'dm_persons',
                    'source_key': cast(now.person_id as varchar)} end,
            case when uasc.person_id is not null and not last.is_unaccompanied
                then {'rule_code': '205D', 'field': 'UASC', 'source_table': 'dm_persons',
                'source_key': cast(now.person_id as varchar)} end,
            case when last.mc_dob is not null and now.mc_dob is distinct from last.mc_dob
                then {'rule_code': '624', 'field': 'MC_DOB', 'source_table': 'dm_persons',
                'source_key': cast(now.person_id as varchar)} end,
            case when now.mother = 1 and last.mother = 0 and now.mc_dob < years.starts_on
                then {'rule_code': '626', 'field': 'MC_DOB', 'source_table': 'dm_persons',
                'source_key': cast(now.person_id as varchar)} end
        ], lambda rule: rule is not null)) as rule
    from ssda903_header as now
    inner join years on years.collection_year = now.collection_year
    inner join int_ssda903_last_headers as last
        on last.collection_year = now.collection_year and last.child = now.child
    left join openings as opened
        on opened.collection_year = now.collection_year and opened.person_id = now.person_id
    left join ssda903_uasc as uasc
        on uasc.collection_year = now.collection_year and uasc.person_id = now.person_id
    union all
    select
        now.collection_year, now.person_id,
        {'rule_code': '348', 'field': 'IN_TOUCH', 'source_table': 'dm_former_looked_after',
            'source_key': cast(now.person_id as varchar)}
    from ssda903_oc3 as now
    inner join int_ssda903_last_events as last
        on last.collection_year = now.collection_year and last.child = now.child
        and last.kind = 'leaver' and last.reason = 'DIED'
    where now.in_touch is distinct from 'DIED'
    union all
    select
        header.collection_year, header.person_id,
        {'rule_code': case last.kind when 'missing' then '576' else '706' end,
            'field': case last.kind when 'missing' then 'MIS_START' else 'DOLO_START' end,
            'source_table': 'dm_persons', 'source_key': cast(header.person_id as varchar)}
    from int_ssda903_last_events as last
    inner join years on years.collection_year = last.collection_year
    inner join ssda903_header as header
        on header.collection_year = last.collection_year and header.child = last.child
    left join ssda903_missing as missing
        on missing.collection_year = last.collection_year and missing.child = last.child
            and missing.mis_start = last.started_on and last.kind = 'missing'
    left join ssda903_dolo as dolo
        on dolo.collection_year = last.collection_year and dolo.child = last.child
            and dolo.dolo_start = last.started_on and last.kind = 'liberty'
    where last.kind in ('missing', 'liberty') and last.started_on is not null
        and last.ended_on is null and missing.person_id is null and dolo.person_id is null
    union all
    select
        now.collection_year, now.person_id,
        unnest(list_filter([
            case when now.date_placed < years.starts_on and last.started_on is null
                then {'rule_code': '559', 'field': 'DATE_PLACED',
                'source_table': 'dm_workflow_steps_people_vw',
                'source_key': cast(now.workflow_step_id as varchar)} end,
            case when last.started_on is not null and last.ended_on is null
                and now.date_placed is distinct from last.started_on
                then {'rule_code': '560', 'field': 'DATE_PLACED',
                'source_table': 'dm_workflow_steps_people_vw',
                'source_key': cast(now.workflow_step_id as varchar)} end,
            case when now.date_placed = last.started_on
                and (last.ended_on is not null or last.reason is not null)
                then {'rule_code': '561', 'field': 'DATE_PLACED',
                'source_table': 'dm_workflow_steps_people_vw',
                'source_key': cast(now.workflow_step_id as varchar)} end,
            case when (last.ended_on is not null or last.reason is not null)
                and (now.date_placed is null or now.date_placed <= last.started_on)
                then {'rule_code': '584', 'field': 'DATE_PLACED',
                'source_table': 'dm_workflow_steps_people_vw',
                'source_key': cast(now.workflow_step_id as varchar)} end
        ], lambda rule: rule is not null)) as rule
    from ssda903_placed_adoption as now
    inner join years on years.collection_year = now.collection_year
    left join int_ssda903_last_events as last
        on last.collection_year = now.collection_year and last.child = now.child
        and last.kind = 'placed'
)

select
    collection_year, rule.rule_code as rule_code, person_id, rule.source_table as source_table,
    rule.source_key as source_key, min(rule.field) as field, count(*) as rows_affected
from found
group by collection_year, rule.rule_code, person_id, rule.source_table, rule.source_key
