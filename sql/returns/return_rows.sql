-- grain: return_name, collection_year, list, person_id, row_key
-- reads: annex_a_list_1, annex_a_list_10, annex_a_list_11, annex_a_list_2, annex_a_list_3,
--   annex_a_list_4, annex_a_list_5, annex_a_list_6, annex_a_list_7, annex_a_list_8, annex_a_list_9,
--   cin_assessment_factors, cin_assessments, cin_children, cin_details, cin_disabilities,
--   cin_need_plans, cin_protection_plans, cin_protection_reviews, cin_section_47, cld_events,
--   ssda903_ad1, ssda903_dolo, ssda903_episodes, ssda903_header, ssda903_missing, ssda903_oc2,
--   ssda903_oc3, ssda903_placed_adoption, ssda903_previous_permanence, ssda903_reviews,
--   ssda903_sw_episodes, ssda903_uasc
-- publishes to: returns/return_rows
-- why: The rows of every return in one form, so that any two snapshots can be compared: of which
--   list, of whom, by which key, and what the row says as JSON. Adults' events have the key by
--   which DHSC tells one from another, and say what it does not. What moves by itself from day to
--   day (age, place in the list, the window's own days) is left out.
with disabilities as (
    select collection_year, person_id, string_agg(disability, ' ' order by position) as disabilities
    from cin_disabilities
    group by collection_year, person_id
),

factors as (
    select collection_year, person_id, workflow_step_id,
        string_agg(factor, ' ' order by position) as factors
    from cin_assessment_factors
    group by collection_year, person_id, workflow_step_id
),

looked_after as (
    select
        collection_year, 'child' as list, person_id, cast(person_id as varchar) as row_key,
        cast(null as date) as began_on,
        json_object('SEX', sex, 'DOB', dob, 'ETHNIC', ethnic, 'UPN', upn, 'MOTHER', mother,
            'MC_DOB', mc_dob) as details
    from ssda903_header
    union all
    select
        -- by the records that it stands on, so that a day moved is an episode altered; of several
        -- on the same records the second bears a 2
        collection_year, 'episode', person_id,
        concat_ws(' ', period_of_care_id, placement_id, placement_split_number, legal_status_id,
            nullif(row_number() over (
            partition by collection_year, period_of_care_id, placement_id, placement_split_number,
                legal_status_id order by span
        ), 1)), decom,
        json_object('DECOM', decom, 'RNE', rne, 'LS', ls, 'CIN', cin, 'PLACE', place,
            'PLACE_PROVIDER', place_provider, 'DEC', dec, 'REC', rec,
            'REASON_PLACE_CHANGE', reason_place_change, 'HOME_POST', home_post, 'PL_POST', pl_post,
            'URN', urn)
    from ssda903_episodes
    union all
    select collection_year, 'review', person_id, cast(workflow_step_id as varchar), review,
        json_object('REVIEW', review, 'REVIEW_CODE', review_code)
    from ssda903_reviews
    union all
    select
        collection_year, 'absence', person_id, cast(workflow_step_id as varchar), mis_start,
        json_object('MISSING', missing, 'MIS_START', mis_start, 'MIS_END', mis_end)
    from ssda903_missing
    union all
    select collection_year, 'unaccompanied_child', person_id, cast(person_id as varchar), null,
        json_object('DUC', duc)
    from ssda903_uasc
    union all
    select
        collection_year, 'health', person_id, cast(person_id as varchar), null,
        json_object('SDQ_SCORE', sdq_score, 'SDQ_REASON', sdq_reason, 'CONVICTED', convicted,
            'HEALTH_CHECK', health_check,
            'IMMUNISATIONS', immunisations, 'TEETH_CHECK', teeth_check, 'HEALTH_ASSESSMENT',
            health_assessment,
            'SUBSTANCE_MISUSE', substance_misuse, 'INTERVENTION_RECEIVED', intervention_received,
            'INTERVENTION_OFFERED', intervention_offered)
    from ssda903_oc2
    union all
    select
        collection_year, 'care_leaver', person_id, cast(person_id as varchar), null,
        json_object('IN_TOUCH', in_touch, 'ACTIV', activ, 'ACCOM', accom)
    from ssda903_oc3
    union all
    select
        collection_year, 'adoption', person_id, cast(person_id as varchar), date_int,
        json_object('DATE_INT', date_int, 'DATE_MATCH', date_match, 'FOSTER_CARE', foster_care,
            'NB_ADOPTR', nb_adoptr,
            'SEX_ADOPTR', sex_adoptr, 'LS_ADOPTR', ls_adoptr)
    from ssda903_ad1
    union all
    select
        collection_year, 'adoption_decision', person_id, cast(workflow_step_id as varchar),
        date_placed,
        json_object('DATE_PLACED', date_placed, 'DATE_PLACED_CEASED', date_placed_ceased,
            'REASON_PLACED_CEASED', reason_placed_ceased)
    from ssda903_placed_adoption
    union all
    select
        collection_year, 'earlier_permanence', person_id, cast(person_id as varchar), date_perm,
        json_object('PREV_PERM', prev_perm, 'LA_PERM', la_perm, 'DATE_PERM', date_perm)
    from ssda903_previous_permanence
    union all
    select
        collection_year, 'social_worker', person_id, cast(sw_decom as varchar), sw_decom,
        json_object('SW_ID', sw_id, 'SW_DEC', sw_dec, 'SW_REASON', sw_reason)
    from ssda903_sw_episodes
    union all
    select
        collection_year, 'liberty_order', person_id, cast(workflow_step_id as varchar), dolo_start,
        json_object('DOLO_START', dolo_start, 'DOLO_END', dolo_end)
    from ssda903_dolo
),

in_need as (
    select
        children.collection_year, 'child' as list, children.person_id,
        cast(children.person_id as varchar) as row_key, cast(null as date) as began_on,
        json_object('UPN', upn, 'FormerUPN', former_upn, 'UPNunknown', upn_unknown,
            'PersonBirthDate', birth_date,
            'ExpectedPersonBirthDate', expected_birth_date, 'Sex', sex, 'PersonDeathDate',
            death_date, 'Ethnicity', ethnicity,
            'Disabilities', disabilities.disabilities) as details
    from cin_children as children
    left join disabilities on disabilities.collection_year = children.collection_year
        and disabilities.person_id = children.person_id
    union all
    select
        collection_year, 'referral', person_id, cast(referral_id as varchar), referred_on,
        json_object('CINreferralDate', referred_on, 'ReferralSource', source_of_referral,
            'PrimaryNeedCode', need_code, 'CINclosureDate', closed_on,
            'ReasonForClosure', closure_reason, 'DateOfInitialCPC', initial_conference_on,
            'ReferralNFA', is_no_further_action)
    from cin_details
    union all
    select
        assessments.collection_year, 'assessment', assessments.person_id,
        cast(assessments.workflow_step_id as varchar), assessments.started_on,
        json_object('AssessmentActualStartDate', started_on, 'AssessmentAuthorisationDate',
            authorised_on, 'AssessmentFactors', factors.factors)
    from cin_assessments as assessments
    left join factors
        on factors.collection_year = assessments.collection_year
            and factors.person_id = assessments.person_id
        and factors.workflow_step_id = assessments.workflow_step_id
    union all
    select
        collection_year, 'child_in_need_plan', person_id, cast(workflow_step_id as varchar),
        started_on,
        json_object('CINPlanStartDate', started_on, 'CINPlanEndDate', ended_on)
    from cin_need_plans
    union all
    select
        collection_year, 'section_47_enquiry', person_id, cast(workflow_step_id as varchar),
        started_on,
        json_object('S47ActualStartDate', started_on, 'InitialCPCtarget', conference_due_on,
            'DateOfInitialCPC', conference_on,
            'ICPCnotRequired', is_conference_not_required)
    from cin_section_47
    union all
    select
        collection_year, 'protection_plan', person_id, cast(registration_id as varchar), started_on,
        json_object('CPPstartDate', started_on, 'CPPendDate', ended_on, 'InitialCategoryOfAbuse',
            initial_category,
            'LatestCategoryOfAbuse', latest_category, 'NumberOfPreviousCPP', count_previous_plans)
    from cin_protection_plans
    union all
    select collection_year, 'review', person_id, concat_ws(' ', registration_id, reviewed_on),
        reviewed_on, json_object('CPPreviewDate', reviewed_on)
    from cin_protection_reviews
),

people_of_events as (
    select
        collection_year, person_id,
        max_by(json_object('NHS Number', nhs_number, 'First Name', first_name, 'Last Name',
        last_name, 'Gender', gender,
            'Ethnicity', ethnicity, 'Date of Birth', date_of_birth, 'Date of Death', date_of_death,
            'Primary Support Reason', primary_support_reason,
            'Postcode', postcode, 'Accommodation Status', accommodation_status, 'Employment Status',
            employment_status,
            'Has Unpaid Carer', has_unpaid_carer), row_position) as details
    from cld_events
    group by collection_year, person_id
),

adults as (
    select collection_year, 'person' as list, person_id, cast(person_id as varchar) as row_key,
        cast(null as date) as began_on, details from people_of_events
    union all
    select
        collection_year, 'event', person_id,
        concat_ws('|', event_type, client_type, event_start_date,
            case when event_type <> 'Service' then event_end_date end,
            coalesce(request_route_of_access, assessment_type, ''), coalesce(service_type, ''),
            coalesce(service_component, ''),
            coalesce(delivery_mechanism, ''), coalesce(unit_cost, ''), coalesce(cost_frequency, ''),
            coalesce(planned_units_per_week, '')),
        event_start_date,
        json_object('event_reference', event_reference, 'event_end_date', event_end_date,
            'event_description', event_description,
            'event_outcome', event_outcome, 'eligible_needs_identified', eligible_needs_identified,
            'method_of_assessment', method_of_assessment,
            'total_hours_caring_per_week', total_hours_caring_per_week,
            'number_of_adults_cared_for', number_of_adults_cared_for,
            'adult_1_linked_person_id', adult_1_linked_person_id, 'adult_2_linked_person_id',
            adult_2_linked_person_id,
            'adult_3_linked_person_id', adult_3_linked_person_id, 'provider_cqc_location_name',
            provider_cqc_location_name,
            'provider_cqc_location_id', provider_cqc_location_id, 'review_reason', review_reason,
            'review_outcomes_achieved', review_outcomes_achieved, 'method_of_review',
            method_of_review,
            'autism_spectrum_disorder', autism_spectrum_disorder, 'visual_impairment',
            visual_impairment,
            'hearing_impairment', hearing_impairment, 'dementia', dementia, 'client_funding_status',
            client_funding_status)
    from cld_events
    where event_type is not null
),

listed as (
    select collection_year, 'list_1_row' as list, person_id,
        cast(workflow_step_id as varchar) as row_key, contacted_on as began_on,
        to_json(rows) as details
    from annex_a_list_1 as rows
    union all
    select collection_year, 'list_2_row', person_id, cast(workflow_step_id as varchar), started_on,
        to_json(rows) from annex_a_list_2 as rows
    union all
    select collection_year, 'list_3_row', person_id, cast(referral_id as varchar), referred_on,
        to_json(rows) from annex_a_list_3 as rows
    union all
    select collection_year, 'list_4_row', person_id, cast(workflow_step_id as varchar), started_on,
        to_json(rows) from annex_a_list_4 as rows
    union all
    select collection_year, 'list_5_row', person_id, cast(workflow_step_id as varchar),
        strategy_discussed_on, to_json(rows) from annex_a_list_5 as rows
    union all
    select collection_year, 'list_6_row', person_id, cast(referral_id as varchar), started_on,
        to_json(rows) from annex_a_list_6 as rows
    union all
    select collection_year, 'list_7_row', person_id, cast(registration_id as varchar), started_on,
        to_json(rows) from annex_a_list_7 as rows
    union all
    select collection_year, 'list_8_row', person_id, cast(period_of_care_id as varchar), started_on,
        to_json(rows) from annex_a_list_8 as rows
    union all
    select collection_year, 'list_9_row', person_id, cast(person_id as varchar), situation_on,
        to_json(rows) from annex_a_list_9 as rows
    union all
    select collection_year, 'list_10_row', person_id, cast(workflow_step_id as varchar), decided_on,
        to_json(rows) from annex_a_list_10 as rows
    union all
    select collection_year, 'list_11_row', person_id, cast(workflow_step_id as varchar),
        enquired_on, to_json(rows) from annex_a_list_11 as rows
),

final as (
    select '903' as return_name, collection_year, list, person_id, row_key, began_on, details
    from looked_after
    union all
    select 'cin', collection_year, list, person_id, row_key, began_on, details from in_need
    union all
    select 'cld', collection_year, list, person_id, row_key, began_on, details from adults
    union all
    select
        'annex-a', collection_year, list, person_id, row_key, began_on,
        json_merge_patch(details,
            '{"row_position": null, "collection_year": null, "age_years": null}')
    from listed
)

select return_name, collection_year, list, person_id, row_key, began_on,
    cast(details as varchar) as details
from final
