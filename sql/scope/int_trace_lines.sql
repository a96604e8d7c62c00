-- grain: unique_reference
-- reads: config.settings, int_trace_details, int_trace_needs
-- why: the lines of this run's request file, in the 24 columns of PDS MESH and their order. What
--   the search does not need stays empty. Who has no longer what a search needs is left out, though
--   this moment's request had asked about them.
select
    needs.unique_reference,
    details.nhs_no,
    details.family_name,
    details.given_name,
    cast(null as varchar) as other_given_name,
    details.gender,
    details.date_of_birth,
    details.postcode,
    cast(null as varchar) as date_of_death,
    cast(null as varchar) as address_line1,
    cast(null as varchar) as address_line2,
    cast(null as varchar) as address_line3,
    cast(null as varchar) as address_line4,
    cast(null as varchar) as address_line5,
    cast(null as varchar) as address_date,
    cast(null as varchar) as gp_practice_code,
    cast(null as varchar) as gp_registration_date,
    cast(null as varchar) as nhais_posting_id,
    day_digits(settings.as_at_local) as as_at_date,
    cast(needs.person_id as varchar) as local_patient_id,
    cast(null as varchar) as internal_id,
    cast(null as varchar) as telephone_number,
    cast(null as varchar) as mobile_number,
    cast(null as varchar) as email_address
from int_trace_needs as needs
cross join config.settings as settings
inner join int_trace_details as details on details.person_id = needs.person_id
where details.is_askable
