-- grain: consent_request_id, person_id, dataset
-- reads: int_consent_request_datasets, int_consent_requests, stg_organisations, stg_workers
-- publishes to: audit/consent_requests
-- why: Every asking for consent and its answer: who was asked what, by whom, how, and who decided
--   in which capacity.
select
    requests.consent_request_id, requests.person_id, datasets.dataset, requests.direction,
    requests.asked_at, requests.decision, requests.decided_by, requests.is_able_to_decide,
    requests.capacity, requests.capacity_assessed_on, requests.is_needs_met, requests.reason,
    requests.asked_by_worker_id, workers.full_name as asked_by_worker, requests.asked_by_role,
    requests.asked_by_team_id, teams.name as asked_by_team, requests.way_of_asking,
    requests.is_complete, requests.is_contradicted,
    requests.is_subject_clear, datasets.is_clear as is_dataset_clear
from int_consent_requests as requests
left join int_consent_request_datasets as datasets
    on datasets.consent_request_id = requests.consent_request_id
        and datasets.person_id = requests.person_id
left join stg_workers as workers on workers.worker_id = requests.asked_by_worker_id
left join stg_organisations as teams on teams.organisation_id = requests.asked_by_team_id
