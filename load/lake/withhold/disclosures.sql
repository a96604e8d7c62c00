-- What was disclosed, without the person: the new snapshot discloses nothing about them.
select was.*
from was_disclosures as was
anti join withholding on withholding.person_id = was.person_id
order by was.person_id, was.dataset
