-- grain: collection_year, rule_code, person_id, source_table, source_key
-- reads: config.return_periods, config.ssda903_codes, int_ssda903_episode_checks, ssda903_ad1,
--   ssda903_dolo, ssda903_episodes, ssda903_header, ssda903_missing, ssda903_oc2, ssda903_oc3,
--   ssda903_placed_adoption, ssda903_previous_permanence, ssda903_reviews, ssda903_sw_episodes
-- why: The rules that look at one row of a file other than the episodes, each named by its code,
--   one scan a file.
with codes as (
    select periods.year as collection_year, codes.field, codes.code
    from config.ssda903_codes as codes
    inner join config.return_periods as periods
        on periods.return_name = '903'
            and periods.year between coalesce(codes.first_year, 0) and coalesce(codes.last_year,
            9999)
),

years as (
    select year as collection_year, starts_on, ends_on from config.return_periods
    where return_name = '903'
),

in_care as (
    select collection_year, person_id, bool_or(not is_short_break) as is_in_care
    from int_ssda903_episode_checks
    group by collection_year, person_id
),

headers as (
    select
        header.*, years.starts_on, years.ends_on, ethnic_codes.code is not null as is_known_ethnic,
        coalesce(in_care.is_in_care, false) as is_in_care,
        header.upn is not null and not starts_with(header.upn, 'UN')
        and count(*) over (partition by header.collection_year, header.upn) > 1 as is_upn_shared
    from ssda903_header as header
    inner join years on years.collection_year = header.collection_year
    left join in_care on in_care.collection_year = header.collection_year
        and in_care.person_id = header.person_id
    left join codes as ethnic_codes
        on ethnic_codes.field = 'ethnic' and ethnic_codes.collection_year = header.collection_year
            and ethnic_codes.code = header.ethnic
),

health as (
    select oc2.*, years.starts_on, years.ends_on
    from ssda903_oc2 as oc2
    inner join years on years.collection_year = oc2.collection_year
),

missing_episodes as (
    select
        missing.collection_year, missing.person_id, missing.workflow_step_id,
        bool_or(missing.mis_start >= episodes.decom
            and (episodes.dec is null or missing.mis_start <= episodes.dec)) as is_in_episode,
        bool_or(episodes.dec is not null and missing.mis_start >= episodes.decom
            and missing.mis_start <= episodes.dec) as is_placement_over
    from ssda903_missing as missing
    inner join ssda903_episodes as episodes
        on episodes.collection_year = missing.collection_year
            and episodes.person_id = missing.person_id
    group by missing.collection_year, missing.person_id, missing.workflow_step_id
),

absences as (
    select
        missing.*, years.starts_on, years.ends_on,
        coalesce(missing_episodes.is_in_episode, false) as is_in_episode,
        coalesce(missing_episodes.is_placement_over, false) as is_placement_over,
        lag(missing.workflow_step_id) over child_order as previous_step,
        lag(missing.mis_end) over child_order as previous_end
    from ssda903_missing as missing
    inner join years on years.collection_year = missing.collection_year
    left join missing_episodes
        on missing_episodes.collection_year = missing.collection_year
            and missing_episodes.person_id = missing.person_id
        and missing_episodes.workflow_step_id = missing.workflow_step_id
    window child_order as (
        partition by missing.collection_year, missing.person_id
        order by coalesce(missing.mis_end, missing.mis_start), missing.mis_start
    )
),

leavers as (
    select oc3.*, years.starts_on, years.ends_on, activ_codes.code is not null as is_known_activ,
        accom_codes.code is not null as is_known_accom
    from ssda903_oc3 as oc3
    inner join years on years.collection_year = oc3.collection_year
    left join codes as activ_codes
        on activ_codes.field = 'activ' and activ_codes.collection_year = oc3.collection_year
            and activ_codes.code = oc3.activ
    left join codes as accom_codes
        on accom_codes.field = 'accom' and accom_codes.collection_year = oc3.collection_year
            and accom_codes.code = oc3.accom
),

workers as (
    select *, lead(sw_decom)
        over (partition by collection_year, person_id order by sw_decom) as next_decom
    from ssda903_sw_episodes
),

orders as (
    select
        dolo.*, years.starts_on, years.ends_on,
        lag(dolo.workflow_step_id) over child_order as previous_step,
        lag(dolo.dolo_end) over child_order as previous_end
    from ssda903_dolo as dolo
    inner join years on years.collection_year = dolo.collection_year
    window child_order as (
        partition by dolo.collection_year, dolo.person_id
        order by coalesce(dolo.dolo_end, dolo.dolo_start), dolo.dolo_start
    )
),

found as (
    select
        collection_year, person_id, 'dm_persons' as source_table,
        cast(person_id as varchar) as source_key,
        unnest(list_filter([
            case when sex is null or sex not in ('M', 'F', 'U')
                then {'rule_code': '101', 'field': 'SEX'} end,
            case when dob is null then {'rule_code': '102', 'field': 'DOB'} end,
            case when ethnic is null or not is_known_ethnic
                then {'rule_code': '103', 'field': 'ETHNIC'} end,
            case when upn is not null
                and not regexp_full_match(upn, '([A-HJ-NP-RT-Z])([0-9]{12}|[0-9]{11}[A-Z])|UN[1-5]')
                then {'rule_code': '168', 'field': 'UPN'} end,
            case when sex = 'U' then {'rule_code': '232', 'field': 'SEX'} end,
            case when upn is null and is_in_care then {'rule_code': '442', 'field': 'UPN'} end,
            case when is_upn_shared then {'rule_code': '444', 'field': 'UPN'} end,
            case when upn = 'UN1' and dob
                + interval '4' year <= make_date(collection_year - 2, 8, 31)
                then {'rule_code': '209', 'field': 'UPN'} end,
            case when dob > ends_on then {'rule_code': '301', 'field': 'DOB'} end,
            case when sex = 'F' and is_in_care and mother is null
                then {'rule_code': '393', 'field': 'MOTHER'} end,
            case when mother = 1 and mc_dob is null
                then {'rule_code': '611', 'field': 'MC_DOB'} end,
            case when mother = 1 and dob + interval '11' year > starts_on
                then {'rule_code': '620', 'field': 'MOTHER'} end,
            case when mc_dob <= dob then {'rule_code': '621', 'field': 'MC_DOB'} end,
            case when starts_on > dob + interval '25' year
                then {'rule_code': '351', 'field': 'DOB'} end
        ], lambda rule: rule is not null)) as rule
    from headers
    union all
    select
        collection_year, person_id, 'dm_health_assessments' as source_table,
        cast(person_id as varchar) as source_key,
        unnest(list_filter([
            case when sdq_score not between 0 and 40
                then {'rule_code': '180', 'field': 'SDQ_SCORE'} end,
            case when sdq_reason not in ('SDQ1', 'SDQ2', 'SDQ3', 'SDQ4', 'SDQ5')
                then {'rule_code': '196', 'field': 'SDQ_REASON'} end,
            case when dob + interval '4' year <= starts_on and dob + interval '17' year > ends_on
                and sdq_score is null and sdq_reason is null
                then {'rule_code': '186', 'field': 'SDQ_SCORE'} end,
            case when ((dob + interval '4' year between starts_on and ends_on)
                or (dob + interval '17' year between starts_on and ends_on)) and sdq_score is null
                and sdq_reason is null then {'rule_code': '197B', 'field': 'SDQ_REASON'} end,
            case when dob + interval '4' year <= starts_on and dob + interval '16' year >= ends_on
                and sdq_score is null and sdq_reason = 'SDQ1'
                then {'rule_code': '157', 'field': 'SDQ_REASON'} end,
            case when substance_misuse = 1 and intervention_received = 0
                and intervention_offered is null
                then {'rule_code': '159', 'field': 'INTERVENTION_OFFERED'} end,
            case when substance_misuse = 1 and intervention_received is null
                then {'rule_code': '192', 'field': 'INTERVENTION_RECEIVED'} end
        ], lambda rule: rule is not null)) as rule
    from health
    union all
    select
        collection_year, person_id, 'dm_workflow_steps' as source_table,
        cast(workflow_step_id as varchar) as source_key,
        unnest(list_filter([
            case when (review is null) <> (review_code is null)
                or review_code not in ('PN0', 'PN1', 'PN2', 'PN3', 'PN4', 'PN5', 'PN6', 'PN7')
                then {'rule_code': '167', 'field': 'REVIEW_CODE'} end,
            case when review_code = 'PN0' and review > dob + interval '4' year
                then {'rule_code': '440', 'field': 'REVIEW_CODE'} end,
            case when review_code in ('PN1', 'PN2', 'PN3', 'PN4', 'PN5', 'PN6', 'PN7')
                and review < dob + interval '4' year
                then {'rule_code': '441', 'field': 'REVIEW_CODE'} end
        ], lambda rule: rule is not null)) as rule
    from ssda903_reviews
    union all
    select
        collection_year, person_id, 'dm_workflow_steps' as source_table,
        cast(workflow_step_id as varchar) as source_key,
        unnest(list_filter([
            case when missing not in ('M', 'A') then {'rule_code': '1006', 'field': 'MISSING'} end,
            case when mis_start is not null and missing is null
                then {'rule_code': '565', 'field': 'MISSING'} end,
            case when missing is null and mis_end is not null
                then {'rule_code': '566', 'field': 'MISSING'} end,
            case when mis_start > mis_end then {'rule_code': '567', 'field': 'MIS_END'} end,
            case when mis_end < starts_on or mis_end > ends_on
                then {'rule_code': '571', 'field': 'MIS_END'} end,
            case when mis_start <= dob then {'rule_code': '586', 'field': 'MIS_START'} end,
            case when previous_step is not null
                and (previous_end is null or mis_start < previous_end)
                then {'rule_code': '574', 'field': 'MIS_START'} end,
            case when mis_end is null and is_placement_over
                then {'rule_code': '575', 'field': 'MIS_END'} end,
            case when not is_in_episode then {'rule_code': '581', 'field': 'MIS_START'} end
        ], lambda rule: rule is not null)) as rule
    from absences
    union all
    select
        collection_year, person_id, 'dm_former_looked_after' as source_table,
        cast(person_id as varchar) as source_key,
        unnest(list_filter([
            case when in_touch is null
                or in_touch not in ('YES', 'NO', 'DIED', 'REFU', 'NREQ', 'RHOM')
                then {'rule_code': '131', 'field': 'IN_TOUCH'} end,
            case when activ is null or not is_known_activ
                then {'rule_code': '132', 'field': 'ACTIV'} end,
            case when accom is null or not is_known_accom
                then {'rule_code': '133', 'field': 'ACCOM'} end,
            case when (in_touch is null or activ is null or accom is null)
                and coalesce(in_touch, activ, accom) is not null
                then {'rule_code': '153', 'field': 'IN_TOUCH'} end,
            case when in_touch in ('DIED', 'RHOM')
                and (activ is distinct from '0' or accom is distinct from '0')
                then {'rule_code': '344', 'field': 'ACTIV'} end,
            case when in_touch = 'YES' and (activ = '0' or accom = '0')
                then {'rule_code': '345', 'field': 'ACTIV'} end,
            case when accom in ('Z1', 'Z2')
                and dob + interval '17' year between starts_on and ends_on
                then {'rule_code': '3001', 'field': 'ACCOM'} end
        ], lambda rule: rule is not null)) as rule
    from leavers
    union all
    select
        collection_year, person_id,
        case when workflow_step_id is null then 'dm_persons' else 'dm_workflow_steps_people_vw' end
        as source_table, cast(coalesce(workflow_step_id, person_id) as varchar) as source_key,
        unnest(list_filter([
            case when (date_int is null or date_match is null or foster_care is null
                or nb_adoptr is null or sex_adoptr is null or ls_adoptr is null)
                and (date_int is not null or date_match is not null or foster_care is not null
                or nb_adoptr is not null or sex_adoptr is not null or ls_adoptr is not null)
                then {'rule_code': '151', 'field': 'DATE_INT'} end,
            case when date_int is null or date_match is null or foster_care is null
                or nb_adoptr is null or sex_adoptr is null or ls_adoptr is null
                then {'rule_code': '601', 'field': 'DATE_INT'} end,
            case when date_match is not null and (date_int is null or date_int > date_match)
                then {'rule_code': '333', 'field': 'DATE_MATCH'} end,
            case when sex_adoptr not in ('M1', 'F1', 'MM', 'FF', 'MF')
                then {'rule_code': '176', 'field': 'SEX_ADOPTR'} end,
            case when ls_adoptr not in ('L0', 'L11', 'L12', 'L2', 'L3', 'L4')
                then {'rule_code': '177', 'field': 'LS_ADOPTR'} end,
            case when nb_adoptr not in ('1', '2')
                then {'rule_code': '175', 'field': 'NB_ADOPTR'} end,
            case when nb_adoptr = '2' and sex_adoptr in ('M1', 'F1')
                then {'rule_code': '511', 'field': 'SEX_ADOPTR'} end,
            case when ls_adoptr = 'L0' and (sex_adoptr is null or sex_adoptr not in ('M1', 'F1'))
                then {'rule_code': '514', 'field': 'LS_ADOPTR'} end,
            case when ls_adoptr = 'L3' and sex_adoptr is distinct from 'MF'
                then {'rule_code': '517', 'field': 'LS_ADOPTR'} end,
            case when ls_adoptr = 'L4' and (sex_adoptr is null or sex_adoptr not in ('MM', 'FF'))
                then {'rule_code': '518', 'field': 'LS_ADOPTR'} end,
            case when ls_adoptr = 'L11' and sex_adoptr is distinct from 'MF'
                then {'rule_code': '520', 'field': 'LS_ADOPTR'} end,
            case when ls_adoptr = 'L12' and (sex_adoptr is null or sex_adoptr not in ('MM', 'FF'))
                then {'rule_code': '524', 'field': 'LS_ADOPTR'} end
        ], lambda rule: rule is not null)) as rule
    from ssda903_ad1
    union all
    select
        collection_year, person_id, 'dm_workflow_steps_people_vw' as source_table,
        cast(workflow_step_id as varchar) as source_key,
        unnest(list_filter([
            case when (date_placed_ceased is null) <> (reason_placed_ceased is null)
                then {'rule_code': '119', 'field': 'DATE_PLACED_CEASED'} end,
            case when reason_placed_ceased not in ('RD1', 'RD2', 'RD3', 'RD4')
                then {'rule_code': '120', 'field': 'REASON_PLACED_CEASED'} end,
            case when date_placed_ceased < date_placed
                then {'rule_code': '522', 'field': 'DATE_PLACED_CEASED'} end,
            case when reason_placed_ceased is not null and date_placed_ceased is not null
                and date_placed is null then {'rule_code': '563', 'field': 'DATE_PLACED'} end,
            case when date_placed is not null and (dob is null or date_placed < dob)
                then {'rule_code': '184', 'field': 'DATE_PLACED'} end
        ], lambda rule: rule is not null)) as rule
    from ssda903_placed_adoption
    union all
    select
        collection_year, person_id, 'dm_workflow_steps' as source_table,
        cast(workflow_step_id as varchar) as source_key,
        unnest(list_filter([
            case when prev_perm not in ('P1', 'P2', 'P3', 'P4', 'Z1')
                then {'rule_code': '631', 'field': 'PREV_PERM'} end,
            case when prev_perm is null and (la_perm is not null or date_perm is not null)
                then {'rule_code': '635', 'field': 'PREV_PERM'} end
        ], lambda rule: rule is not null)) as rule
    from ssda903_previous_permanence
    union all
    select
        collection_year, person_id, 'dm_allocated_workers' as source_table,
        cast(allocation_id as varchar) as source_key,
        unnest(list_filter([
            case when substr(sw_id, 1, 2) not in ('SW', 'XX') or length(sw_id) < 4
                then {'rule_code': 'SW02STG1', 'field': 'SW_ID'} end,
            case when sw_dec is not null and sw_dec - sw_decom < 3
                then {'rule_code': 'SW09STG2', 'field': 'SW_DEC'} end,
            case when sw_dec <= sw_decom then {'rule_code': 'SW18STG2', 'field': 'SW_DEC'} end,
            case when sw_dec is null and next_decom is not null
                then {'rule_code': 'SW08STG2', 'field': 'SW_DEC'} end,
            case when next_decom is null and sw_dec is not null
                then {'rule_code': 'SW17STG2', 'field': 'SW_DEC'} end,
            case when sw_reason is null
                or sw_reason not in ('MANAGE', 'FCONTA', 'LEFTRL', 'ORGRST', 'TSPROC', 'ABSENC',
                'CHCHAN', 'PCCHAN', 'SWDIED', 'OTHERS')
                then {'rule_code': 'SW13STG1', 'field': 'SW_REASON'} end
        ], lambda rule: rule is not null)) as rule
    from workers
    union all
    select
        collection_year, person_id, 'dm_workflow_steps' as source_table,
        cast(workflow_step_id as varchar) as source_key,
        unnest(list_filter([
            case when dolo_end <= dolo_start then {'rule_code': '702', 'field': 'DOLO_END'} end,
            case when dolo_end < starts_on or dolo_end > ends_on
                then {'rule_code': '704', 'field': 'DOLO_END'} end,
            case when previous_step is not null
                and (previous_end is null or dolo_start < previous_end)
                then {'rule_code': '705', 'field': 'DOLO_START'} end,
            case when dolo_start <= dob then {'rule_code': '708', 'field': 'DOLO_START'} end
        ], lambda rule: rule is not null)) as rule
    from orders
)

select
    collection_year, rule.rule_code as rule_code, person_id, source_table, source_key,
    min(rule.field) as field, count(*) as rows_affected
from found
group by collection_year, rule.rule_code, person_id, source_table, source_key
