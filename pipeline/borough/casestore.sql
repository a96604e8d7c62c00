-- The case store's tables, by the names that Mosaic's reporting layer gives them. Nothing is constrained: the demo holds
-- rows that a contract refuses. planned_datetime is text on purpose, local_team_area is the demo council's own column.
create table dm_persons (
    person_id bigint,
    ssda903_id varchar,
    nhs_id numeric(10),
    scn_id numeric(9),
    upn_id varchar,
    former_upn_id varchar,
    full_name varchar,
    title varchar,
    first_name varchar,
    last_name varchar,
    date_of_birth timestamp,
    date_of_death timestamp,
    gender varchar,
    restricted varchar,
    person_id_legacy varchar,
    full_ethnicity_code varchar,
    country_of_birth_code varchar,
    is_child_legacy varchar,
    is_adult_legacy varchar,
    nationality varchar,
    religion varchar,
    marital_status varchar,
    first_language varchar,
    fluency_in_english varchar,
    email_address varchar,
    context_flag varchar,
    scra_id varchar,
    interpreter_required varchar,
    local_team_area varchar
);
create table dm_addresses (
    ref_addresses_people_id integer,
    ref_address_id numeric(9),
    person_id numeric(16),
    start_date timestamp,
    end_date timestamp,
    address varchar,
    post_code varchar,
    district varchar,
    ward varchar,
    is_in_la_area varchar,
    address_type varchar,
    is_contact_address varchar,
    is_display_address varchar,
    housing_tenure varchar,
    unique_id numeric(15)
);
create table dm_telephone_numbers (
    telephone_number_id integer,
    person_id numeric(16),
    telephone_number varchar,
    telephone_number_type varchar
);
create table dm_person_references (
    reference_id bigint,
    person_id bigint,
    reference_type varchar,
    reference varchar
);
create table dm_personal_relationships (
    personal_relationship_id bigint,
    person_id bigint,
    personal_rel_type_id bigint,
    other_person_id bigint,
    start_date timestamp,
    end_date timestamp,
    family_category varchar,
    is_mother varchar,
    parental_responsibility varchar,
    is_informal_carer varchar
);
create table dm_personal_rel_types (
    personal_rel_type_id bigint,
    description varchar,
    family_category varchar,
    is_informal_carer varchar,
    is_foster_and_adopt_sibling varchar
);
create table dm_workflow_step_types (
    workflow_step_type_id bigint,
    is_case_closure varchar
);
create table dm_workflow_steps (
    workflow_step_id bigint,
    workflow_step_type_id bigint,
    subgroup_id bigint,
    step_status varchar,
    incoming_on timestamp,
    started_on timestamp,
    completed_on timestamp,
    cancelled_on timestamp,
    assignee_id bigint,
    responsible_team_id bigint,
    is_section_47_enquiry varchar,
    is_continuous_assessment varchar,
    is_child_contact varchar,
    strategy_discussion_date timestamp,
    cp_conference_actual_date timestamp,
    cp_conference_category varchar,
    is_missing_or_absent varchar,
    lac_review_date timestamp,
    lac_review_participation_code varchar
);
create table dm_workflow_forwards (
    workflow_step_id bigint,
    subsequent_workflow_step_id bigint,
    adjacent varchar
);
create table dm_step_source_types (
    source_type_id bigint,
    description varchar
);
create table dm_step_source_details (
    workflow_step_id bigint,
    source_type_id bigint
);
create table dm_cin_assess_factors (
    assessment_id bigint,
    factor_value varchar
);
create table dm_subgroup_subjects (
    subgroup_id bigint,
    subject_compound_id bigint,
    subject_type_code varchar
);
create table dm_cached_form_questions (
    mapping_id bigint,
    question_user_code varchar
);
create table dm_cached_form_answers (
    workflow_step_id bigint,
    form_id bigint,
    form_answer_row_id bigint,
    mapping_id bigint,
    subject_person_id bigint,
    subgroup_id bigint,
    text_answer varchar,
    date_answer timestamp
);
create table dm_allocated_workers (
    allocation_id bigint,
    person_id bigint,
    worker_id bigint,
    start_date timestamp,
    end_date timestamp
);
create table dm_prof_relationships (
    prof_relationship_id bigint,
    person_id bigint,
    worker_id bigint,
    prof_rel_type_code varchar,
    start_date timestamp,
    end_date timestamp,
    end_date_reason varchar
);
create table dm_prof_rel_types (
    prof_rel_type_code varchar,
    description varchar
);
create table dm_workers (
    worker_id bigint,
    full_name varchar
);
create table dm_worker_roles (
    worker_role_id bigint,
    worker_id bigint,
    organisation_id bigint,
    start_date timestamp,
    end_date timestamp
);
create table dm_organisations (
    organisation_id bigint,
    name varchar
);
create table dm_cin_referrals (
    referral_id bigint,
    person_id bigint,
    referral_date timestamp,
    source_of_referral varchar,
    nfa_date timestamp,
    closure_date timestamp,
    closure_reason varchar
);
create table dm_registrations (
    registration_id bigint,
    person_id bigint,
    registration_start_date timestamp,
    deregistration_date timestamp,
    is_child_protection_plan varchar,
    is_temporary_child_protection varchar,
    registration_step_id bigint
);
create table dm_registration_categories (
    registration_id bigint,
    category_id bigint,
    category_start_date timestamp,
    category_end_date timestamp,
    cin_abuse_category_code varchar
);
create table dm_periods_of_care (
    period_of_care_id bigint,
    person_id bigint,
    start_date timestamp,
    end_date timestamp
);
create table dm_cla_summaries (
    person_id bigint,
    period_of_care_id bigint,
    placement_id bigint,
    placement_split_number bigint,
    legal_status_id bigint,
    element_detail_id bigint,
    service_split_number bigint,
    start_date timestamp,
    end_date timestamp
);
create table dm_placements (
    placement_id bigint,
    split_number bigint,
    person_id bigint,
    period_of_care_id bigint,
    placement_type varchar,
    category_of_need varchar,
    reason_episode_ceased varchar,
    reason_for_placement_change varchar,
    is_adopted varchar,
    start_date timestamp,
    end_date timestamp
);
create table dm_placement_details (
    element_detail_id bigint,
    split_number bigint,
    carer_id bigint,
    ofsted_urn varchar,
    cin_provider_category_code varchar,
    start_date timestamp
);
create table dm_legal_statuses (
    legal_status_id bigint,
    person_id bigint,
    period_of_care_id bigint,
    legal_status varchar,
    is_respite_care varchar,
    start_date timestamp,
    end_date timestamp
);
create table dm_visits (
    visit_id bigint,
    person_id bigint,
    visit_type varchar,
    planned_datetime varchar,
    actual_datetime timestamp,
    reason_not_planned varchar,
    reason_visit_not_made varchar,
    seen_alone_flag varchar,
    completed_flag varchar,
    org_id bigint,
    worker_id bigint
);
create table dm_ethnicities (
    ethnicity_code varchar,
    ethnicity_description varchar,
    cin_ethnicity_code varchar,
    cbds_ethnicity_code varchar
);
create table dm_disabilities (
    disability_id bigint,
    person_id bigint,
    cin_disability_category_code varchar
);
create table dm_service_user_groups (
    person_id bigint,
    full_group_type varchar,
    start_date timestamp,
    end_date timestamp
);
create table dm_serv_user_group_types (
    group_type varchar,
    need_code_category_code varchar
);
create table dm_placement_carer_addresses (
    carer_id bigint,
    post_code varchar,
    start_date timestamp,
    end_date timestamp
);
create table dm_health_assessments (
    health_id bigint,
    person_id bigint,
    health_assessment_date timestamp,
    sdq_completed varchar,
    sdq_score bigint,
    sdq_reason varchar
);
create table dm_offences (
    offence_id bigint,
    person_id bigint,
    offence_date timestamp,
    is_convicted varchar
);
create table dm_former_looked_after (
    person_id bigint,
    date_of_situation timestamp,
    in_touch_type varchar,
    activity_type varchar,
    accomodation_type varchar,
    accomodation_suitable varchar
);
create table dm_workflow_steps_people_vw (
    workflow_step_id bigint,
    person_id bigint,
    adoption_best_interest_date timestamp,
    adoption_match_date timestamp,
    adoption_plan_date_ceased timestamp,
    adoption_plan_reason_cat_code varchar
);
