package borough

import (
	"fmt"
	"math/rand/v2"
)

// access is one unscheduled look at a child's plan, its moment yet to come: by a person in most cases, else by a device such as that of a
// telephone service, which names whom to ask.
func (c *cpis) access(number string) access {
	a := access{Patient: nhsID(number)}
	if c.rng.IntN(4) == 0 {
		c.count("access_notifications", "device", 1)
		a.Author.Device = c.device()
		return a
	}
	c.count("access_notifications", "person", 1)
	a.Author.Person = c.clinician()
	return a
}

func (c *cpis) clinician() *authorPerson {
	role := oneOf(c.rng, []concept{{"R8000", "Clinical Practitioner Access Role"}, {"R8001", "Nurse Access Role"}, {"R8003", "Health Professional Access Role"}})
	at := oneOf(c.rng, []organisation{{"RZ9H1", "Homerton Row Hospital"}, {"RZ9M2", "Marsh Lane Urgent Treatment Centre"}, {"RZ8K4", "St Botolph's & Aldgate Maternity Unit"}})
	p := &authorPerson{JobRole: coded{Code: role.code, DisplayName: role.display}, ID: instanceID{Extension: digits(c.rng, 12)},
		Name: clinicianName(c.rng), Organisation: at}
	if c.rng.IntN(5) > 0 { // the role profile may be missing
		p.RoleProfile = &instanceID{Extension: digits(c.rng, 12)}
	}
	return p
}

func (c *cpis) device() *authorDevice {
	d := &authorDevice{ID: instanceID{Extension: digits(c.rng, 12)}, Organisation: organisation{"RZ7N1", "Telephone triage, caller in E8"}}
	for range 1 + c.rng.IntN(2) {
		d.Nominated = append(d.Nominated, nominatedPerson{
			coded{Code: "R8010", DisplayName: fmt.Sprintf("Safeguarding lead, telephone 020 7946 %s", digits(c.rng, 4))}, clinicianName(c.rng)})
	}
	return d
}

// clinicianName is somebody whose name no resident of the borough bears.
func clinicianName(r *rand.Rand) personName {
	return personName{Prefix: oneOf(r, []string{"Dr", "Ms", "Mr", "Sister"}), Given: oneOf(r, []string{"Ottoline", "Peregrine", "Wilhelmina", "Caspian"}),
		Family: oneOf(r, []string{"Quillfeather", "Ashgrove-Tarn", "O'Thornbury", "Wexcombe"})}
}

func digits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(r.IntN(10))
	}
	return string(b)
}
