-- grain: sender, patient_id
-- reads: health.patient
-- why: patients as the senders know them. Of several current NHS numbers that differ, the one that
--   is verified counts, else the one whose use is official; where those two disagree, or several
--   remain, the patient has none.
select
    sender,
    id as patient_id,
    last_updated,
    case
        when only_number(nhs_number) is not null then only_number(nhs_number)
        when nullif(nhs_number_verified, '') is null
            then only_number(nullif(nhs_number_official, ''))
        when nullif(nhs_number_official, '') is null
            or only_number(nhs_number_verified) = only_number(nhs_number_official)
            then only_number(nhs_number_verified)
    end as nhs_number,
    coalesce(is_active, true) and not coalesce(is_replaced, false) as is_in_use,
    text_of(family) as family,
    text_of(given) as given,
    case when length(birth_written) = 10 then birth_date end as birth_date,
    text_of(gender) as gender,
    text_of(postcode) as postcode,
    deceased_at,
    is_deceased,
    security_text(confidentiality, other_labels, has_label_without_code) as security,
    has_unknown_modifier
from health.patient
