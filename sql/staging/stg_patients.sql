-- grain: sender, patient_id
-- reads: health.patient
-- why: patients as the senders know them
select
    sender,
    id as patient_id,
    last_updated,
    replace(nhs_number, ' ', '') as nhs_number,
    text_of(nhs_number_status) as nhs_number_status,
    text_of(family) as family,
    text_of(given) as given,
    birth_date,
    text_of(gender) as gender,
    text_of(postcode) as postcode,
    deceased_at,
    is_deceased,
    security
from health.patient
