-- grain: collection_year, row_position, field_position
-- reads: cld_events, config.cld_values, int_cld_populations, int_cld_statuses
-- why: The check of every field of every row, as DHSC's own: 1 valid, 0 blank and not mandatory, -1
--   blank and mandatory, -2 not in the field's list, -7 a word of Release 1; -3 is ours, for what
--   is no number, postcode or NHS number. Where the list of Release 2 could not be had whole, a
--   word that is not in the known part of it is not judged: null.
with texts as (
    select
        events.collection_year, events.row_position, populations.populations,
        la_code, cast(reporting_period_start_date as varchar) as reporting_period_start_date,
        cast(reporting_period_end_date as varchar) as reporting_period_end_date, nhs_number,
        la_person_unique_identifier, gp_practice_code, gender, ethnicity,
        cast(date_of_birth as varchar) as date_of_birth,
        cast(date_of_death as varchar) as date_of_death, client_type,
        primary_support_reason, postcode, accommodation_status, employment_status, has_unpaid_carer,
        autism_spectrum_disorder, visual_impairment, hearing_impairment, dementia,
        client_funding_status, event_type,
        event_reference, cast(event_start_date as varchar) as event_start_date,
        cast(event_end_date as varchar) as event_end_date, event_description, event_outcome,
        request_route_of_access, assessment_type, eligible_needs_identified, method_of_assessment,
        total_hours_caring_per_week,
        cast(number_of_adults_cared_for as varchar) as number_of_adults_cared_for,
        cast(adult_1_linked_person_id as varchar) as adult_1_linked_person_id,
        cast(adult_2_linked_person_id as varchar) as adult_2_linked_person_id,
        cast(adult_3_linked_person_id as varchar) as adult_3_linked_person_id, service_type,
        service_component, delivery_mechanism, provider_cqc_location_id, review_reason,
        review_outcomes_achieved, method_of_review,
        unit_cost, cost_frequency, planned_units_per_week
    from cld_events as events
    inner join int_cld_populations as populations
        on populations.collection_year = events.collection_year
            and populations.row_position = events.row_position
),

cells as (
    select collection_year, row_position, populations, field, value
    from texts
    unpivot include nulls (
        value for field in (
            la_code, reporting_period_start_date, reporting_period_end_date, nhs_number,
            la_person_unique_identifier, gp_practice_code, gender, ethnicity, date_of_birth,
            date_of_death, client_type, primary_support_reason, postcode, accommodation_status,
            employment_status, has_unpaid_carer, autism_spectrum_disorder, visual_impairment,
            hearing_impairment, dementia, client_funding_status, event_type, event_reference,
            event_start_date, event_end_date, event_description, event_outcome,
            request_route_of_access, assessment_type, eligible_needs_identified,
            method_of_assessment, total_hours_caring_per_week, number_of_adults_cared_for,
            adult_1_linked_person_id, adult_2_linked_person_id, adult_3_linked_person_id,
            service_type, service_component, delivery_mechanism, provider_cqc_location_id,
            review_reason, review_outcomes_achieved, method_of_review,
            unit_cost, cost_frequency, planned_units_per_week
        )
    )
),

judged as (
    select
        cells.collection_year, cells.row_position, statuses.field_position, statuses.status,
        case
            when cells.value is null then case when statuses.status = 2 then -1 else 0 end
            when statuses.form = 'nhs_number' and not is_nhs_number_text(cells.value) then -3
            when statuses.form = 'postcode'
                and not regexp_full_match(cells.value, '[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}')
                then -3
            when statuses.form = 'money' and try_cast(cells.value as decimal(18, 2)) is null then -3
            when statuses.form = 'authority' and not regexp_full_match(cells.value, '[0-9]{3}')
                then -3
            when statuses.list_known = 'none' or known.release = 2 then 1
            when statuses.list_known = 'release 1' and known.release = 1 then 1
            when statuses.list_known = 'release 2' and known.release = 1 then -7
            when statuses.list_known = 'release 2' then -2
        end as result
    from cells
    inner join int_cld_statuses as statuses
        on statuses.populations = cells.populations and statuses.field = cells.field
    left join config.cld_values as known on known.field = cells.field and known.value = cells.value
)

select
    collection_year, row_position, cast(field_position as tinyint) as field_position,
    cast(status as tinyint) as status, cast(result as tinyint) as result
from judged
