-- grain: collection_year, rule_code, person_id, source_table, source_key, field
-- reads: cin_assessment_factors, cin_assessments, cin_details, config.cin_codes,
--   config.return_periods, int_working_days
-- why: what the census's rules find in the assessments and in the factors that they found
with periods as (
    select periods.year as collection_year, periods.starts_on, periods.ends_on,
        days.day as latest_start_on
    from config.return_periods as periods
    inner join int_working_days as ends on ends.day = periods.ends_on
    inner join int_working_days as days on days.up_to = ends.up_to - 44 and days.is_working
    where periods.return_name = 'cin'
),

factors as (
    select
        factors.collection_year, factors.person_id, factors.workflow_step_id,
        count(*) filter (where codes.code is not null) as count_known,
        bool_or(factors.factor = '21') as is_none,
        bool_or(factors.factor = '18A') as is_18a,
        bool_or(factors.factor = '19A') as is_19a,
        count(*) filter (where factors.factor <> '21') as count_others,
        count(*) - count(distinct factors.factor) as count_again
    from cin_assessment_factors as factors
    left join config.cin_codes as codes on codes.code_set = 'factor' and codes.code = factors.factor
    group by factors.collection_year, factors.person_id, factors.workflow_step_id
),

assessments as (
    select
        assessments.collection_year, assessments.person_id, assessments.referral_id,
        assessments.workflow_step_id, assessments.started_on, assessments.authorised_on,
        details.referred_on, details.closed_on, details.closure_reason, periods.starts_on,
        periods.ends_on, periods.latest_start_on,
        coalesce(factors.count_known, 0) as count_known,
        coalesce(factors.is_none, false) as is_none,
        coalesce(factors.is_18a, false) as is_18a, coalesce(factors.is_19a, false) as is_19a,
        coalesce(factors.count_others, 0) as count_others,
        coalesce(factors.count_again, 0) as count_again,
        count(*) over (partition by assessments.collection_year, assessments.referral_id,
            assessments.person_id) as count_in_case,
        count(case when assessments.authorised_on is null then 1 end)
            over (partition by assessments.collection_year, assessments.referral_id,
                assessments.person_id) as count_open
    from cin_assessments as assessments
    inner join cin_details as details
        on details.collection_year = assessments.collection_year
        and details.referral_id = assessments.referral_id
    inner join periods on periods.collection_year = assessments.collection_year
    left join factors
        on factors.collection_year = assessments.collection_year
            and factors.person_id = assessments.person_id
        and factors.workflow_step_id = assessments.workflow_step_id
),

found as (
    select collection_year, person_id, referral_id, workflow_step_id, '1103' as rule_code,
        'AssessmentActualStartDate' as field
    from assessments
    where started_on < referred_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8608',
        'AssessmentAuthorisationDate' from assessments where authorised_on < started_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8614', 'AssessmentFactors'
    from assessments where authorised_on is null and count_known > 0
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8696',
        'AssessmentAuthorisationDate'
    from assessments
    where authorised_on not between starts_on and ends_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8670Q',
        'AssessmentAuthorisationDate'
    from assessments
    where authorised_on is null and started_on < latest_start_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8736',
        'AssessmentActualStartDate'
    from assessments
    where authorised_on is null and started_on < starts_on
    union all
    select distinct one.collection_year, one.person_id, one.referral_id, one.workflow_step_id,
        '8863Q', 'AssessmentActualStartDate'
    from assessments as one
    inner join assessments as other
        on other.collection_year = one.collection_year and other.referral_id = one.referral_id
            and other.person_id = one.person_id
        and other.workflow_step_id <> one.workflow_step_id
        and one.started_on >= other.started_on
            and one.started_on <= coalesce(other.authorised_on, other.ends_on)
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8867',
        'AssessmentAuthorisationDate'
    from assessments
    where closed_on is not null and authorised_on is null
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8869', 'AssessmentFactors'
    from assessments where is_none and count_others > 0
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8873Q', 'AssessmentFactors'
    from assessments
    where is_none and count_in_case = 1
        and (closure_reason is null or closure_reason not in ('RC8', 'RC9'))
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8896',
        'AssessmentAuthorisationDate'
    from assessments
    where authorised_on is null and count_open > 1
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8897Q', 'AssessmentFactors'
    from assessments
    where authorised_on >= starts_on and count_known = 0
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8898', 'AssessmentFactors'
    from assessments where count_again > 0
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8945Q', 'AssessmentFactors'
    from assessments where is_18a
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8950Q', 'AssessmentFactors'
    from assessments where is_19a
)

select
    'cin' as return_name, collection_year, rule_code, person_id,
    cast(referral_id as varchar) as event_reference,
    'dm_workflow_steps' as source_table, cast(workflow_step_id as varchar) as source_key, field,
    cast(1 as bigint) as rows_affected
from found
