-- Every source that models read. The case store's tables come from its contract, config's lists
-- from the rules. Rows that are here are in every unit case that does not give its own.
create table health.patient (sender varchar, id varchar, last_updated timestamptz,
    nhs_number varchar, nhs_number_status varchar, nhs_number_verified varchar,
    nhs_number_official varchar, is_active boolean, is_replaced boolean, family varchar,
    given varchar, birth_date date, birth_written varchar, gender varchar, postcode varchar,
    deceased_at varchar, is_deceased boolean, confidentiality varchar, other_labels varchar,
    has_label_without_code boolean, has_unknown_modifier boolean);
create table health.medication (sender varchar, id varchar, last_updated timestamptz,
    status varchar, code varchar, system varchar, display varchar, code_text varchar,
    confidentiality varchar, other_labels varchar, has_label_without_code boolean,
    has_unknown_modifier boolean);
create table health.medication_statement (sender varchar, id varchar, last_updated timestamptz,
    patient_id varchar, patient_nhs_number varchar, status varchar, medication_id varchar,
    code varchar, system varchar, display varchar, code_text varchar, dosage_text varchar,
    effective_start timestamptz, asserted_at timestamptz, confidentiality varchar,
    other_labels varchar, has_label_without_code boolean, has_unknown_modifier boolean);
create table health.medication_request (sender varchar, id varchar, last_updated timestamptz,
    patient_id varchar, patient_nhs_number varchar, status varchar, intent varchar,
    do_not_perform boolean, medication_id varchar, code varchar, system varchar, display varchar,
    code_text varchar, dosage_text varchar, authored_at timestamptz, confidentiality varchar,
    other_labels varchar, has_label_without_code boolean, has_unknown_modifier boolean);
create table health.condition (sender varchar, id varchar, last_updated timestamptz,
    patient_id varchar, patient_nhs_number varchar, verification_status varchar,
    has_other_verification boolean, clinical_status varchar, category varchar, code varchar,
    system varchar, display varchar, code_text varchar, onset_at timestamptz, onset_written varchar,
    onset_text varchar, recorded_at timestamptz, confidentiality varchar, other_labels varchar,
    has_label_without_code boolean, has_unknown_modifier boolean);
create table health.allergy_intolerance (sender varchar, id varchar, last_updated timestamptz,
    patient_id varchar, patient_nhs_number varchar, verification_status varchar,
    has_other_verification boolean, clinical_status varchar, criticality varchar, code varchar,
    system varchar, display varchar, code_text varchar, recorded_at timestamptz,
    confidentiality varchar, other_labels varchar, has_label_without_code boolean,
    has_unknown_modifier boolean);
create table health.immunization (sender varchar, id varchar, last_updated timestamptz,
    patient_id varchar, patient_nhs_number varchar, status varchar, status_reason varchar,
    is_subpotent boolean, code varchar, system varchar, display varchar, code_text varchar,
    occurred_at timestamptz, confidentiality varchar, other_labels varchar,
    has_label_without_code boolean, has_unknown_modifier boolean);
create table health.encounter (sender varchar, id varchar, last_updated timestamptz,
    patient_id varchar, patient_nhs_number varchar, status varchar, class varchar,
    type_display varchar, period_start timestamptz, period_end timestamptz, provider varchar,
    confidentiality varchar, other_labels varchar, has_label_without_code boolean,
    has_unknown_modifier boolean);
create table health.appointment (sender varchar, id varchar, last_updated timestamptz,
    patient_id varchar, patient_nhs_number varchar, status varchar, has_declined boolean,
    declined_by varchar, service_display varchar, starts_at timestamptz, ends_at timestamptz,
    confidentiality varchar, other_labels varchar, has_label_without_code boolean,
    has_unknown_modifier boolean);
create table trace.responses (file varchar, line bigint, file_sha256 varchar,
    unique_reference varchar, family_name varchar, given_name varchar, other_given_name varchar,
    date_of_birth varchar, as_at_date varchar, local_patient_id varchar, sensitivity_flag varchar,
    error_success_code varchar, matched_nhs_no varchar);
create table optout.requested (file varchar, nhs_number varchar);
create table optout.cleared (file varchar, nhs_number varchar, is_whole boolean);
create table extract.quarantine (source varchar, table_name varchar, file varchar, line bigint,
    key varchar, column_name varchar, rule varchar, raw varchar, raw_sha256 varchar);
create table config.settings as select timestamptz '2026-11-01 07:00:00+00' as as_at,
timestamp '2026-11-01 07:00:00' as as_at_local, 7::integer as consent_window_days,
'1' as agreement_version, true as agreement_in_date;
create table config.security_labels as select *
from (values ('confidentiality', 'U', true), ('confidentiality', 'N', true),
('confidentiality', 'R', false), ('confidentiality', 'V', false), ('other', 'OWN', true),
('other', 'SEX', false)) as labels (system, label, is_harmless);
create table config.episode_steps (workflow_step_type_id bigint, kind varchar, service varchar);
create table extract.unread_values (source varchar, position bigint, table_name varchar,
    file varchar, line bigint, key varchar, at_fault varchar, rule varchar, column_name varchar,
    value varchar);
create table config.consent_steps (workflow_step_type_id bigint);
create table config.consent_words (field varchar, word varchar, meaning varchar);
create table config.restrictions (blank varchar);
insert into config.restrictions values ('filled');
create table config.duplicate_records (level varchar);
insert into config.duplicate_records values ('name_birth_date_address');
create table config.duplicate_words (source varchar, word varchar);
create table config.accessible_information_steps (workflow_step_type_id bigint);
create table config.form_questions (question_user_code varchar, field varchar);
create table config.contact_roles (description varchar, role varchar);
create table config.agreement_datasets (dataset varchar, direction varchar, audience varchar,
    purpose varchar, gate varchar, standing varchar, is_secondary_use boolean,
    contacts_despite_refusal varchar);
create table config.agreement_bases (dataset varchar, basis varchar);
create table config.agreement_columns (dataset varchar, column_name varchar);
create table config.trace (is_asking boolean, accept_unasked_before date,
    ask_again_after_days integer, refresh_after_days integer);
insert into config.trace values (true, null, 14, 365);
create table config.reviewed_numbers (position bigint, person_id bigint, nhs_number varchar,
    decision varchar, decided_by varchar, decided_at timestamptz);
create table linkage.links (person_id bigint, nhs_number varchar, sender varchar, weight double,
    margin double, outcome varchar, given_agrees varchar,
    family_agrees varchar, birth_date_agrees varchar, postcode_agrees varchar,
    are_two_names boolean);
create table earlier.nhs_number_decisions (person_id bigint, position bigint,
    decided_at timestamptz, nhs_number varchar, status varchar, standing varchar, method varchar,
    reason varchar, evidence varchar, replaced_nhs_number varchar, conflicting_nhs_numbers varchar,
    decided_by varchar);
create table earlier.trace_requests (unique_reference varchar, person_id bigint,
    asked_at timestamptz, reason varchar, details_sha256 varchar);
create table earlier.trace_answers (file_sha256 varchar, line bigint, file varchar,
    unique_reference varchar, person_id bigint, answered_at timestamp, code varchar,
    matched_nhs_number varchar, is_sensitive boolean, taken_at timestamptz, refused_as varchar);
create table config.withheld_people (person_id bigint, reason varchar, withheld_at timestamptz);
create table config.extracted (source varchar, table_name varchar, rows_in bigint, rows_out bigint,
    quarantined bigint, merged bigint);
create table config.cpis as select 18::bigint as first_sequence_number,
17::bigint as last_sequence_number, 'whole' as kind, 24::integer as acknowledgement_hours,
'706' as authority_code, 'Council' as authority_name, '1' as office_telephone,
'2' as emergency_telephone;
create table config.cpis_legal_statuses (legal_status varchar);
create table config.cpis_follow_up_steps (workflow_step_type_id bigint);
create table config.cpis_severities (severity varchar, hours integer);
create table config.cpis_duty (team_id bigint, worker_id bigint);
create table config.cpis_escalations (hours integer, worker_id bigint);
create table cpis.acknowledgements (file varchar, sequence_number bigint, created_at timestamptz,
    count_processed bigint, file_code varchar, file_meaning varchar, receiver_code varchar);
create table cpis.acknowledgement_records (file varchar, sequence_number bigint, position bigint,
    record_code varchar, record_meaning varchar, nhs_number varchar, person_id bigint);
create table cpis.access_notifications (file varchar, message_id varchar, sent_at timestamptz,
    upload_sequence_number bigint, access_position bigint, accessed_at timestamptz,
    author_kind varchar, author_name varchar, job_role_code varchar, job_role varchar,
    user_id varchar, organisation_code varchar, organisation_name varchar, nominated_people varchar,
    nhs_number varchar);
create table cpis.inactive_numbers (file varchar, message_id varchar, sent_at timestamptz,
    nhs_number varchar, replacement_nhs_number varchar);
create table earlier.cpis_uploads (sequence_number bigint, person_id bigint, plan_type varchar,
    record_position bigint, count_records bigint, kind varchar, attempt integer,
    made_at timestamp with time zone, sent_at timestamp with time zone, is_to_send boolean,
    nhs_number varchar, family varchar, given varchar, birth_date date, started_on date,
    ended_on date, deleted_on date, authority_code varchar, authority_name varchar,
    office_telephone varchar, emergency_telephone varchar, answer varchar, answer_code varchar,
    answered_at timestamp with time zone);
create table earlier.cpis_acknowledgements (sequence_number bigint,
    created_at timestamp with time zone, file varchar, position bigint, standing varchar,
    file_code varchar, file_meaning varchar, count_processed bigint, receiver_code varchar,
    count_sent bigint, record_code varchar, record_meaning varchar, nhs_number varchar,
    person_id bigint);
create table earlier.cpis_notifications (message_id varchar, access_position bigint, edition bigint,
    sent_at timestamp with time zone, received_at timestamp with time zone,
    upload_sequence_number bigint, accessed_at timestamp with time zone, author_kind varchar,
    author_name varchar, job_role_code varchar, job_role varchar, user_id varchar,
    organisation_code varchar, organisation_name varchar, nominated_people varchar,
    nhs_number varchar, person_id bigint, matched_by varchar, standing varchar, file varchar);
create table earlier.cpis_follow_ups (follow_up_id varchar, person_id bigint, nhs_number varchar,
    matched_by varchar, family varchar, given varchar, birth_date date, is_restricted boolean,
    plan_types varchar, first_accessed_at timestamp with time zone,
    last_accessed_at timestamp with time zone, count_accesses bigint, organisation_code varchar,
    organisation_name varchar, author_kind varchar, author_name varchar, job_role varchar,
    nominated_people varchar, notified_at timestamp with time zone, severity varchar,
    is_repeated boolean, due_at timestamp with time zone, custodian_worker_id bigint,
    custodian_name varchar, custodian_rule varchar, team_id bigint, state varchar, outcome varchar,
    workflow_step_id bigint, seen_at timestamp, closed_at timestamp, remark varchar,
    is_past_due boolean, escalation_level integer, escalated_at timestamp with time zone,
    escalated_to_worker_id bigint, escalated_to_name varchar, passed_on_from_worker_id bigint);
create table earlier.cpis_inactive_numbers (message_id varchar, edition bigint,
    sent_at timestamp with time zone, received_at timestamp with time zone, nhs_number varchar,
    replacement_nhs_number varchar, person_id bigint, matched_by varchar, standing varchar,
    file varchar);
create table earlier.cpis_failures (area varchar, subject varchar, reason varchar, person_id bigint,
    sequence_number bigint, first_seen_at timestamp with time zone, age_days bigint,
    is_to_be_mended boolean);
create table config.small_numbers as select 'hes' as preset, 1::bigint as hidden_from,
7::bigint as hidden_to, 5::bigint as round_to;
create table config.figures (figure varchar, why varchar, numerator varchar, denominator varchar,
    source varchar, known_limits varchar, model varchar, query varchar);
create table previous.figures (release varchar, figure varchar, breakdown varchar, category varchar,
    measure varchar, value bigint, is_hidden boolean);
create table previous.published_figures (release varchar, figure varchar, breakdown varchar,
    category varchar, measure varchar, value bigint, _status varchar);
create table earlier.trends (position integer, series varchar, unit varchar, better varchar,
    target double, spacing varchar, point_on date, value double, _status varchar);
create table previous.safeguards (safeguard varchar, category varchar, value bigint, base bigint);
create table config.pack_periods (period varchar, from_at timestamp, until_at timestamp);
create table config.return_periods (return_name varchar, year integer, starts_on date, ends_on date,
    as_at date, is_current boolean);
create table config.bank_holidays (day date);
create table config.cin_plan_steps (workflow_step_type_id bigint);
create table config.early_help_steps (workflow_step_type_id bigint);
create table config.adopter_steps (workflow_step_type_id bigint);
create table config.annex_a_professionals (prof_rel_type_code varchar, role varchar);
create table config.cin (upn_unknown_reference varchar);
create table config.accepted_safeguards (safeguard varchar);
create table config.ssda903_submitted (collection_year integer, file varchar, position bigint,
    child varchar, sex varchar, dob varchar, ethnic varchar, upn varchar, mother varchar,
    mc_dob varchar, duc varchar, decom varchar, rne varchar, ls varchar, cin varchar, place varchar,
    place_provider varchar, dec varchar, rec varchar, home_post varchar, pl_post varchar,
    urn varchar, mis_start varchar, mis_end varchar, date_placed varchar,
    date_placed_ceased varchar, reason_placed_ceased varchar, dolo_start varchar, dolo_end varchar,
    in_touch varchar);
create table config.return_authority (ons_code varchar, authority_number varchar, name varchar);
create table config.cld_steps (workflow_step_type_id bigint, event_type varchar,
    client_type varchar);
create table config.cld_questions (question_user_code varchar, field varchar, is_of_person boolean);
create table config.pseudonyms (audience varchar, key_version varchar, inner_pad blob,
    outer_pad blob);
create table config.de_identification (audience varchar, k integer, dates varchar,
    history_months integer, postcodes varchar, opt_out_days integer);
create table config.age_bands (audience varchar, from_age integer, to_age integer);
create table config.dictionary (dataset varchar, version varchar, description varchar,
    position integer, column_name varchar, type varchar, is_nullable boolean, meaning varchar,
    unit varchar, since varchar, deprecated_since varchar, remove_on date, use_instead varchar,
    given_up_as integer, made_from varchar, made_through varchar, sources varchar);
create table config.lineage (model varchar, file varchar, why varchar, reads varchar,
    sources varchar);
create table config.reasons (reason varchar, words varchar);
create table config.integrated_teams (team_id bigint);
create table config.integrated_senders (sender varchar);
create table config.integrated_leads (field varchar, leads varchar);
create table config.return_steps (workflow_step_type_id bigint, kind varchar);
create table config.return_unaccompanied_groups (full_group_type varchar);
create table reference.postcodes (postcode varchar, local_authority varchar, easting bigint,
    northing bigint);
create table reference.social_workers (worker_id bigint, registration_number varchar);
create table earlier.return_rows (return_name varchar, collection_year integer, list varchar,
    person_id bigint, row_key varchar, began_on date, details varchar);
create table earlier.return_periods (return_name VARCHAR, collection_year INTEGER, starts_on DATE,
    ends_on DATE, as_at DATE, is_current BOOLEAN);
