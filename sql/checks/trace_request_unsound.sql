-- severity: block
-- grain: person_id
-- reads: int_trace_cohort, int_trace_lines, int_nhs_numbers
-- why: nobody is traced who is neither in an episode of care nor known to CP-IS, nobody whom the
--   service cannot search for, and of a sensitive person it is never told where they live
select try_cast(lines.local_patient_id as bigint) as person_id
from int_trace_lines as lines
left join int_trace_cohort as cohort
    on cohort.person_id = try_cast(lines.local_patient_id as bigint)
left join int_nhs_numbers as numbers on numbers.person_id = cohort.person_id
where cohort.person_id is null
    or lines.date_of_birth is null
    or not regexp_full_match(lines.unique_reference, '[0-9]+-[0-9]{8}')
    or (coalesce(numbers.is_sensitive, true) and lines.postcode is not null)
