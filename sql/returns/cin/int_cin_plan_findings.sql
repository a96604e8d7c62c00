-- grain: collection_year, rule_code, person_id, source_table, source_key, field
-- reads: cin_children, cin_details, cin_need_plans, cin_protection_plans, cin_protection_reviews,
--   cin_section_47, config.cin_codes, config.return_periods
-- why: what the census's rules find in child protection plans with their reviews, in child in need
--   plans, and between the two
with periods as (
    select year as collection_year, starts_on, ends_on from config.return_periods
    where return_name = 'cin'
),

enquiries as (
    select collection_year, person_id, referral_id, conference_on from cin_section_47
    where not is_conference_not_required
),

plans as (
    select
        plans.collection_year, plans.person_id, plans.referral_id, plans.registration_id,
        plans.started_on, plans.ended_on, plans.initial_category, plans.latest_category,
        plans.count_previous_plans, details.referred_on, details.initial_conference_on,
        children.death_date,
        periods.starts_on, periods.ends_on,
        coalesce(plans.ended_on, date '9999-12-31') as open_until,
        count(case when plans.ended_on is null then 1 end)
            over (partition by plans.collection_year, plans.person_id) as count_open,
        exists (select 1 from enquiries
            where enquiries.collection_year = plans.collection_year
                and enquiries.person_id = plans.person_id
                and enquiries.referral_id = plans.referral_id) as is_of_enquiry,
        exists (select 1 from enquiries
            where enquiries.collection_year = plans.collection_year
                and enquiries.person_id = plans.person_id
                and enquiries.referral_id = plans.referral_id
                    and enquiries.conference_on = plans.started_on) as is_as_conferred
    from cin_protection_plans as plans
    inner join cin_details as details
        on details.collection_year = plans.collection_year
        and details.referral_id = plans.referral_id
    inner join cin_children as children
        on children.collection_year = plans.collection_year and children.person_id = plans.person_id
    inner join periods on periods.collection_year = plans.collection_year
),

need_plans as (
    select
        plans.collection_year, plans.person_id, plans.referral_id, plans.workflow_step_id,
        plans.started_on, plans.ended_on,
        details.referred_on, children.death_date, periods.starts_on, periods.ends_on,
        coalesce(plans.ended_on, date '9999-12-31') as open_until,
        count(case when plans.ended_on is null then 1 end)
            over (partition by plans.collection_year, plans.person_id, plans.referral_id)
            as count_open
    from cin_need_plans as plans
    inner join cin_details as details
        on details.collection_year = plans.collection_year
        and details.referral_id = plans.referral_id
    inner join cin_children as children
        on children.collection_year = plans.collection_year and children.person_id = plans.person_id
    inner join periods on periods.collection_year = plans.collection_year
),

both_kinds as (
    select
        plans.collection_year, plans.person_id, plans.referral_id, plans.registration_id,
        plans.started_on, plans.ended_on, plans.open_until,
        need_plans.referral_id as need_referral_id, need_plans.workflow_step_id,
        need_plans.started_on as need_started_on,
        need_plans.ended_on as need_ended_on, need_plans.open_until as need_open_until
    from plans
    inner join need_plans on need_plans.collection_year = plans.collection_year
        and need_plans.person_id = plans.person_id
),

of_plans as (
    select collection_year, person_id, referral_id, registration_id, '1105' as rule_code,
        'CPPstartDate' as field from plans where started_on < referred_on
    union all
    select collection_year, person_id, referral_id, registration_id, '2885', 'CPPstartDate'
    from plans
    where started_on between starts_on and ends_on
        and case when is_of_enquiry
            then not is_as_conferred else started_on is distinct from initial_conference_on end
    union all
    select collection_year, person_id, referral_id, registration_id, '8720', 'CPPstartDate'
    from plans where started_on is null or started_on > ends_on
    union all
    select collection_year, person_id, referral_id, registration_id, '8730', 'NumberOfPreviousCPP'
    from plans where count_previous_plans is null
    union all
    select collection_year, person_id, referral_id, registration_id, '8930', 'CPPendDate' from plans
    where ended_on not between starts_on and ends_on
    union all
    select distinct plans.collection_year, plans.person_id, plans.referral_id,
        plans.registration_id, '8842Q', 'CPPreviewDate'
    from plans
    inner join cin_protection_reviews as reviews
        on reviews.collection_year = plans.collection_year and reviews.person_id = plans.person_id
        and reviews.registration_id = plans.registration_id and reviews.reviewed_on is null
    union all
    select collection_year, person_id, referral_id, registration_id, '8840', 'CPPendDate' from plans
    where started_on = ended_on
    union all
    select collection_year, person_id, referral_id, registration_id, '8925', 'CPPendDate' from plans
    where ended_on < started_on
    union all
    select collection_year, person_id, referral_id, registration_id, '8915', 'CPPstartDate'
    from plans where started_on > death_date
    union all
    select collection_year, person_id, referral_id, registration_id, '8920', 'CPPendDate' from plans
    where ended_on > death_date
    union all
    select collection_year, person_id, referral_id, registration_id, '8935', 'CPPendDate' from plans
    where ended_on is null and count_open > 1
    union all
    select distinct one.collection_year, one.person_id, one.referral_id, one.registration_id,
        '8940', 'CPPstartDate'
    from plans as one
    inner join plans as other
        on other.collection_year = one.collection_year and other.person_id = one.person_id
            and other.registration_id <> one.registration_id
        and one.started_on between other.started_on and other.open_until
    union all
    select plans.collection_year, plans.person_id, plans.referral_id, plans.registration_id, '8905',
        'InitialCategoryOfAbuse'
    from plans
    left join config.cin_codes as codes
        on codes.code_set = 'category' and codes.code = plans.initial_category
    where codes.code is null
    union all
    select plans.collection_year, plans.person_id, plans.referral_id, plans.registration_id, '8910',
        'LatestCategoryOfAbuse'
    from plans
    left join config.cin_codes as codes
        on codes.code_set = 'category' and codes.code = plans.latest_category
    where codes.code is null
    union all
    select distinct plans.collection_year, plans.person_id, plans.referral_id,
        plans.registration_id, '8841', 'CPPreviewDate'
    from plans
    inner join cin_protection_reviews as reviews
        on reviews.collection_year = plans.collection_year and reviews.person_id = plans.person_id
        and reviews.registration_id = plans.registration_id
            and reviews.reviewed_on <= plans.started_on
    union all
    select distinct collection_year, person_id, referral_id, registration_id, '4001', 'CPPendDate'
    from both_kinds
    where referral_id = need_referral_id and ended_on is null and need_ended_on is null
    union all
    select distinct collection_year, person_id, referral_id, registration_id, '4017', 'CPPstartDate'
    from both_kinds
    where started_on >= need_started_on and started_on < need_open_until
),

of_need_plans as (
    select distinct both_kinds.collection_year, both_kinds.person_id,
        both_kinds.need_referral_id as referral_id, both_kinds.workflow_step_id,
        '4003' as rule_code, 'CINPlanStartDate' as field
    from both_kinds
    inner join cin_protection_reviews as reviews
        on reviews.collection_year = both_kinds.collection_year
            and reviews.person_id = both_kinds.person_id
        and reviews.registration_id = both_kinds.registration_id
    where reviews.reviewed_on >= both_kinds.need_started_on
        and reviews.reviewed_on < both_kinds.need_open_until
        and reviews.reviewed_on is distinct from both_kinds.ended_on
    union all
    select distinct collection_year, person_id, need_referral_id, workflow_step_id, '4016',
        'CINPlanStartDate'
    from both_kinds
    where need_started_on >= started_on and need_started_on < open_until
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '4004', 'CINPlanEndDate'
    from need_plans where ended_on is null and count_open > 1
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '4010', 'CINPlanStartDate'
    from need_plans where started_on is null or started_on > ends_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '4013', 'CINPlanEndDate'
    from need_plans where ended_on not between starts_on and ends_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '4008', 'CINPlanStartDate'
    from need_plans where started_on > death_date
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '4009Q', 'CINPlanEndDate'
    from need_plans where ended_on > death_date
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '4011', 'CINPlanEndDate'
    from need_plans where ended_on < started_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '4012Q', 'CINPlanEndDate'
    from need_plans where ended_on = started_on
    union all
    select distinct one.collection_year, one.person_id, one.referral_id, one.workflow_step_id,
        '4014', 'CINPlanStartDate'
    from need_plans as one
    inner join need_plans as other
        on other.collection_year = one.collection_year and other.person_id = one.person_id
            and other.workflow_step_id <> one.workflow_step_id
        and one.started_on between other.started_on and other.open_until
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '4015', 'CINPlanStartDate'
    from need_plans where started_on < referred_on
)

select
    'cin' as return_name, collection_year, rule_code, person_id,
    cast(referral_id as varchar) as event_reference,
    'dm_registrations' as source_table, cast(registration_id as varchar) as source_key, field,
    cast(1 as bigint) as rows_affected
from of_plans
union all
select
    'cin', collection_year, rule_code, person_id, cast(referral_id as varchar), 'dm_workflow_steps',
    cast(workflow_step_id as varchar), field, cast(1 as bigint)
from of_need_plans
