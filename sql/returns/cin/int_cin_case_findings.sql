-- grain: collection_year, rule_code, person_id, source_table, source_key, field
-- reads: cin_assessments, cin_children, cin_details, cin_header, cin_need_plans,
--   cin_protection_plans, cin_section_47, config.cin_codes, config.return_periods, int_working_days
-- why: what the census's rules find in the cases of need: who referred, why, when and why closed,
--   and what cannot stand in such a case
with periods as (
    select periods.year as collection_year, periods.starts_on, periods.ends_on,
        days.day as working_day_before
    from config.return_periods as periods
    inner join int_working_days as starts on starts.day = periods.starts_on - interval '1' day
    inner join int_working_days as days on days.up_to = starts.up_to and days.is_working
    where periods.return_name = 'cin'
),

assessments as (
    select collection_year, referral_id, count(*) as count_rows, min(started_on) as first_on,
        max(later_of(started_on, authorised_on)) as last_on
    from cin_assessments
    group by collection_year, referral_id
),

enquiries as (
    select collection_year, referral_id, count(*) as count_rows,
        max(later_of(started_on, conference_on)) as last_on
    from cin_section_47
    group by collection_year, referral_id
),

need_plans as (
    select collection_year, referral_id, count(*) as count_rows,
        max(later_of(started_on, ended_on)) as last_on
    from cin_need_plans
    group by collection_year, referral_id
),

plans as (
    select collection_year, referral_id, count(*) as count_rows, max(ended_on) as last_on
    from cin_protection_plans
    group by collection_year, referral_id
),

cases as (
    select
        details.collection_year, details.person_id, details.referral_id, details.referred_on,
        details.source_of_referral, details.need_code, details.closed_on, details.closure_reason,
        details.initial_conference_on, details.is_no_further_action, periods.starts_on,
        periods.ends_on, periods.working_day_before, children.death_date,
        coalesce(assessments.count_rows, 0) as count_assessments,
        coalesce(enquiries.count_rows, 0) as count_enquiries,
        coalesce(need_plans.count_rows, 0) as count_need_plans,
        coalesce(plans.count_rows, 0) as count_plans,
        later_of(later_of(assessments.last_on, enquiries.last_on),
            later_of(later_of(need_plans.last_on, plans.last_on), details.initial_conference_on))
                as last_activity_on,
        details.closed_on is null and not details.is_no_further_action as is_open
    from cin_details as details
    inner join periods on periods.collection_year = details.collection_year
    inner join cin_children as children
        on children.collection_year = details.collection_year
        and children.person_id = details.person_id
    left join assessments on assessments.collection_year = details.collection_year
        and assessments.referral_id = details.referral_id
    left join enquiries on enquiries.collection_year = details.collection_year
        and enquiries.referral_id = details.referral_id
    left join need_plans on need_plans.collection_year = details.collection_year
        and need_plans.referral_id = details.referral_id
    left join plans on plans.collection_year = details.collection_year
        and plans.referral_id = details.referral_id
),

ranked as (
    select
        collection_year, person_id, referral_id, is_open,
        count(case when is_open then 1 end)
            over (partition by collection_year, person_id) as count_open,
        row_number() over (partition by collection_year, person_id
            order by referred_on desc, referral_id) as rank
    from cases
),

found as (
    select collection_year, person_id, referral_id, '2990' as rule_code, 'ReasonForClosure' as field
    from cases
    where closure_reason in ('RC8', 'RC9')
        and (count_enquiries + count_plans + count_need_plans > 0
        or initial_conference_on is not null)
    union all
    select collection_year, person_id, referral_id, '4000', 'ReferralNFA' from cases
    where is_no_further_action and count_need_plans > 0
    union all
    select collection_year, person_id, referral_id, '8568', 'ReferralNFA' from cases
    where is_no_further_action is null
    union all
    select collection_year, person_id, referral_id, '8569Q', 'CINreferralDate'
    from cases
    where is_no_further_action and referred_on < working_day_before
    union all
    select collection_year, person_id, referral_id, '8600', 'CINreferralDate' from cases
    where referred_on is null or referred_on > ends_on
    union all
    select collection_year, person_id, referral_id, '8620', 'CINclosureDate' from cases
    where closed_on not between starts_on and ends_on
    union all
    select collection_year, person_id, referral_id, '8715', 'DateOfInitialCPC' from cases
    where initial_conference_on not between starts_on and ends_on
    union all
    select collection_year, person_id, referral_id, '8555Q', 'CINreferralDate' from cases
    where death_date < referred_on
    union all
    select collection_year, person_id, referral_id, '8565', 'CINclosureDate' from cases
    where closed_on < last_activity_on
    union all
    select collection_year, person_id, referral_id, '8585Q', 'ReasonForClosure' from cases
    where closure_reason = 'RC2' and death_date is null
    union all
    select collection_year, person_id, referral_id, '8610', 'PrimaryNeedCode' from cases
    where not is_no_further_action and need_code is null
    union all
    select collection_year, person_id, referral_id, '8630', 'CINclosureDate' from cases
    where closed_on < referred_on
    union all
    select cases.collection_year, cases.person_id, cases.referral_id, '8640', 'ReasonForClosure'
    from cases
    left join config.cin_codes as codes
        on codes.code_set = 'closure' and codes.code = cases.closure_reason
    where cases.closure_reason is not null and codes.code is null
    union all
    select cases.collection_year, cases.person_id, cases.referral_id, '8650', 'PrimaryNeedCode'
    from cases
    left join config.cin_codes as codes on codes.code_set = 'need' and codes.code = cases.need_code
    where cases.need_code is not null and codes.code is null
    union all
    select collection_year, person_id, referral_id, '8805', 'ReasonForClosure' from cases
    where closed_on is not null and closure_reason is null
    union all
    select collection_year, person_id, referral_id, '8810', 'CINclosureDate' from cases
    where closed_on is null and closure_reason is not null
    union all
    select collection_year, person_id, referral_id, '8815', 'CINclosureDate' from ranked
    where is_open and count_open > 1
    union all
    select collection_year, person_id, referral_id, '8816', 'CINreferralDate' from ranked
    where is_open and rank > 1
    union all
    select distinct one.collection_year, one.person_id, one.referral_id, '8820', 'CINreferralDate'
    from cases as one
    inner join cases as other
        on other.collection_year = one.collection_year and other.person_id = one.person_id
            and other.referral_id <> one.referral_id
        and one.referred_on >= other.referred_on
        and (one.referred_on < other.closed_on or other.is_open and one.referred_on < other.ends_on)
    union all
    select collection_year, person_id, referral_id, '8825Q', 'ReasonForClosure' from cases
    where closure_reason in ('RC8', 'RC9') and count_assessments = 0
    union all
    select collection_year, person_id, referral_id, '8831', 'ReferralNFA'
    from cases
    where is_no_further_action
        and (count_assessments + count_enquiries > 0 or initial_conference_on is not null)
    union all
    select collection_year, person_id, referral_id, '8832', 'ReferralNFA' from cases
    where is_no_further_action and count_plans > 0
    union all
    select cases.collection_year, cases.person_id, cases.referral_id, '8866', 'ReferralSource'
    from cases
    left join config.cin_codes as codes
        on codes.code_set = 'source' and codes.code = cases.source_of_referral
    where codes.code is null
)

select
    'cin' as return_name, collection_year, rule_code, person_id,
    cast(referral_id as varchar) as event_reference,
    'dm_cin_referrals' as source_table, cast(referral_id as varchar) as source_key, field,
    cast(1 as bigint) as rows_affected
from found
union all
select
    'cin', header.collection_year, '100', cast(null as bigint), cast(null as varchar), 'config',
    'returns.finished_years', 'ReferenceDate', cast(1 as bigint)
from cin_header as header
where header.reference_date is distinct from make_date(header.collection_year, 3, 31)
