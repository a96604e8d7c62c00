-- grain: person_id, dataset
-- reads: config.agreement_datasets, config.settings, decisions, gate_lawful, int_consents,
--   int_disclosed, int_nhs_numbers
-- publishes to: audit/disclosures
-- why: Every disclosure of this snapshot: what was given about whom, to which audience and for
--   which purpose, on which legal basis, under which version of the agreement, and on whose consent
--   where it is asked.
select
    given.person_id, given.dataset, agreement.direction, decisions.audience, agreement.purpose,
    lawful.reason as legal_basis,
    consents.consent_request_id,
    settings.agreement_version,
    numbers.standing as nhs_number_standing,
    cast(given.count_rows as bigint) as count_rows
from int_disclosed as given
cross join config.settings as settings
inner join decisions on decisions.person_id = given.person_id
    and decisions.dataset = given.decided_as
inner join config.agreement_datasets as agreement on agreement.dataset = given.decided_as
left join gate_lawful as lawful
    on lawful.person_id = given.person_id and lawful.dataset = given.decided_as
left join int_consents as consents
    on consents.person_id = given.person_id and consents.dataset = given.decided_as
        and consents.gate = 'ask_each_time'
left join int_nhs_numbers as numbers on numbers.person_id = given.person_id
