-- grain: person_id
-- reads: casestore.dm_persons
-- why: people as the case store holds them; restricted unless it says no, so that an unknown mark
--   restricts; a blank one is null
select
    person_id,
    nhs_id,
    upper(text_of(upn_id)) as upn,
    upper(text_of(former_upn_id)) as former_upn,
    text_of(full_name) as full_name,
    text_of(first_name) as first_name,
    text_of(last_name) as last_name,
    date_of_birth as birth_at,
    date_of_death as died_at,
    upper(text_of(gender)) as gender,
    upper(text_of(restricted)) <> 'N' as is_restricted,
    text_of(full_ethnicity_code) as full_ethnicity_code,
    text_of(first_language) as first_language,
    text_of(interpreter_required) as interpreter_required,
    upper(text_of(context_flag)) as context_flag,
    text_of(email_address) as email_address
from casestore.dm_persons
