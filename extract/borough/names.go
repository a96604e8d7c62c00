package borough

// tradition is a stock of names that go together. The lists are made up for this borough; surnames are also built from
// syllables, so that a big borough does not run out of them.
type tradition struct {
	weight         int
	women, men     []string
	surnames       []string
	heads, tails   []string // syllables of further surnames; none: only the list
	languages      []string // first languages, the first the most usual
	isDoubleBarrel bool     // two surnames are sometimes joined
}

func traditions() []tradition {
	return []tradition{
		{weight: 30,
			women:     []string{"Alice", "Beth", "Charlotte", "Daisy", "Eleanor", "Freya", "Grace", "Hannah", "Imogen", "Joan", "Kate", "Lucy", "Margaret", "Nell", "Olive", "Pauline", "Ruby", "Sheila", "Tilly", "Zoë"},
			men:       []string{"Alfie", "Barnaby", "Colin", "Dennis", "Edward", "Frank", "George", "Harry", "Ivor", "Jack", "Kenneth", "Leo", "Martin", "Noah", "Oscar", "Peter", "Ralph", "Stanley", "Thomas", "Wilfred"},
			surnames:  []string{"Ashdown", "Barlow", "Chandler", "Dunmore", "Fairweather", "Garland", "Hartnell", "Lockwood", "Merriman", "Penrose"},
			heads:     []string{"Ash", "Black", "Brook", "Cold", "Elm", "Fen", "Green", "Hazel", "High", "Lang", "Marsh", "Oak", "Red", "Stan", "Thorn", "Whit"},
			tails:     []string{"bourne", "bury", "combe", "field", "ford", "ham", "hurst", "ley", "man", "stead", "ton", "well", "wick", "worth"},
			languages: []string{"English"}, isDoubleBarrel: true},
		{weight: 15,
			women:     []string{"Abena", "Adaeze", "Amara", "Bisi", "Chidinma", "Efua", "Folake", "Ifeoma", "Kehinde", "Ngozi", "Simisola", "Titilayo", "Yewande", "Zainab"},
			men:       []string{"Ade", "Babatunde", "Chike", "Dayo", "Emeka", "Femi", "Ikenna", "Kofi", "Kwame", "Obinna", "Segun", "Taiwo", "Tunde", "Uche"},
			surnames:  []string{"Adeyemi", "Boateng", "Chukwu", "Danso", "Ezeani", "Nwosu", "Okonjo", "Owusu"},
			heads:     []string{"Ade", "Ayo", "Ola", "Olu", "Oye", "Fola", "Oko", "Nna", "Eze", "Aki"},
			tails:     []string{"bola", "dayo", "kunle", "mide", "tunji", "wale", "rinde", "sanya", "yinka", "gbe", "kanma"},
			languages: []string{"English", "Yoruba", "Igbo", "Akan"}},
		{weight: 12,
			women:     []string{"Ayşe", "Berfin", "Dilan", "Elif", "Fatma", "Gülsüm", "Hatice", "Leyla", "Meryem", "Özlem", "Şengül", "Zeynep"},
			men:       []string{"Ahmet", "Baran", "Cem", "Deniz", "Emre", "Hasan", "İsmail", "Kemal", "Mehmet", "Serhat", "Umut", "Yusuf"},
			surnames:  []string{"Akgün", "Çelik", "Doğan", "Güneş", "Kılıç", "Öztürk", "Şahin", "Yıldız"},
			heads:     []string{"Ak", "Ay", "Bal", "Dem", "Gül", "Kar", "Koç", "Öz", "Tan", "Yal"},
			tails:     []string{"an", "baş", "demir", "er", "kan", "kaya", "man", "oğlu", "tekin", "türk"},
			languages: []string{"Turkish", "Kurdish", "English"}},
		{weight: 9,
			women:     []string{"Afsana", "Bushra", "Farzana", "Jahanara", "Khadija", "Nasima", "Rehana", "Rukshana", "Shirin", "Taslima"},
			men:       []string{"Abdul", "Anwar", "Faruk", "Habib", "Imran", "Jamal", "Mizan", "Rafiq", "Shafiq", "Tariq"},
			surnames:  []string{"Ahmed", "Begum", "Chowdhury", "Hussain", "Islam", "Khatun", "Miah", "Rahman", "Uddin"},
			heads:     []string{"Ab", "Al", "Kar", "Mah", "Nur", "Sal", "Sul"},
			tails:     []string{"iq", "im", "man", "mood", "tan", "uddin", "wal"},
			languages: []string{"Bengali", "Sylheti", "English"}},
		{weight: 9,
			women:     []string{"Beverley", "Claudette", "Delphine", "Gloria", "Hyacinth", "Jasmine", "Marcia", "Novelette", "Shanice", "Yvonne"},
			men:       []string{"Carlton", "Delroy", "Errol", "Jerome", "Leroy", "Marlon", "Neville", "Omari", "Rohan", "Winston"},
			surnames:  []string{"Bartley", "Campbell-Reid", "Dacosta", "Francis", "Gayle", "Henriques", "Lawes", "Morrison", "Palmer", "St Clair"},
			heads:     []string{"Bar", "Clar", "Fer", "Gor", "Len", "Mar", "Pat", "Ver"},
			tails:     []string{"don", "ence", "guson", "ley", "low", "nette", "nox", "ral", "shall"},
			languages: []string{"English"}, isDoubleBarrel: true},
		{weight: 8,
			women:     []string{"Bracha", "Chaya", "Devorah", "Esther", "Gitty", "Miriam", "Rivka", "Shifra", "Yocheved"},
			men:       []string{"Avrohom", "Chaim", "Dovid", "Eliezer", "Moishe", "Pinchas", "Shloime", "Yaakov", "Yisroel"},
			surnames:  []string{"Berger", "Feldman", "Grosz", "Halpern", "Lieber", "Rosenfeld", "Spitzer", "Weisz"},
			heads:     []string{"Gold", "Grün", "Licht", "Rosen", "Silber", "Stein", "Wein", "Zucker"},
			tails:     []string{"baum", "berg", "feld", "mann", "schein", "stein", "thal"},
			languages: []string{"English", "Yiddish"}},
		{weight: 7,
			women:     []string{"Agnieszka", "Ewa", "Jadwiga", "Małgorzata", "Oksana", "Simona", "Wioletta", "Zofia"},
			men:       []string{"Andrzej", "Bogdan", "Jerzy", "Łukasz", "Marek", "Paweł", "Radu", "Wojciech"},
			surnames:  []string{"Dąbek", "Jaworski", "Kowal", "Nowicki", "Popa", "Wójcik"},
			heads:     []string{"Bor", "Dom", "Gór", "Jan", "Kal", "Lis", "Mal", "Rad", "Zaw"},
			tails:     []string{"ak", "czyk", "ecki", "escu", "icki", "ik", "owski", "ski"},
			languages: []string{"Polish", "Romanian", "English"}},
		{weight: 5,
			women:     []string{"Áine", "Bríd", "Ciara", "Deirdre", "Niamh", "Orla", "Siobhán"},
			men:       []string{"Brendan", "Cormac", "Declan", "Eoin", "Fergal", "Pádraig", "Seán"},
			surnames:  []string{"Brannigan", "Ó Súilleabháin", "O'Dowd", "O'Meara", "D'Arcy", "McGlinchey"},
			heads:     []string{"O'Bre", "O'Don", "O'Hal", "Mc Gin", "Mc Al", "Fitz"},
			tails:     []string{"gan", "lan", "ley", "nell", "nan", "nigan", "ven"},
			languages: []string{"English"}},
		{weight: 5,
			women:     []string{"Ana", "Beatriz", "Conceição", "Lúcia", "María", "Noemí", "Valentina"},
			men:       []string{"Andrés", "Diogo", "João", "José", "Martín", "Nuno", "Tomás"},
			surnames:  []string{"Araújo", "Gonçalves", "Muñoz", "Peña", "Quiñones", "Simões"},
			heads:     []string{"Alma", "Cas", "Fer", "Mon", "Per", "Sal", "Vel"},
			tails:     []string{"dão", "eira", "ela", "ez", "inho", "teiro", "tillo"},
			languages: []string{"Spanish", "Portuguese", "English"}, isDoubleBarrel: true},
		{weight: 5,
			women:     []string{"Hương", "Lan", "Linh", "Mei", "Ngọc", "Thảo", "Xuân"},
			men:       []string{"Bình", "Đức", "Hùng", "Minh", "Quang", "Tuấn", "Wei"},
			surnames:  []string{"Bùi", "Chen", "Đặng", "Huỳnh", "Lý", "Nguyễn", "Phạm", "Trần", "Võ", "Zhou"},
			languages: []string{"Vietnamese", "Cantonese", "English"}},
		{weight: 4,
			women:     []string{"Amina", "Faduma", "Hibaaq", "Ifrah", "Sagal", "Ubah"},
			men:       []string{"Abdirahman", "Bashir", "Cabdi", "Guled", "Liban", "Warsame"},
			surnames:  []string{"Abdi", "Farah", "Guleed", "Jama", "Nuur", "Warfa"},
			heads:     []string{"Ab", "Dha", "Far", "Gu", "Mu", "Wa"},
			tails:     []string{"dille", "goole", "hiye", "ladin", "roole", "san"},
			languages: []string{"Somali", "English", "Arabic"}},
	}
}

// tradition draws a stock of names by its weight.
func (c *chunk) tradition() tradition {
	total := 0
	for _, t := range c.maker.names {
		total += t.weight
	}
	at := c.random.IntN(total)
	for _, t := range c.maker.names {
		if at -= t.weight; at < 0 {
			return t
		}
	}
	panic("unreachable: the weights sum to the total")
}

// surname draws one from the list, builds one from syllables, or joins two.
func (c *chunk) surname(t tradition) string {
	name := oneOf(c.random, t.surnames)
	if len(t.heads) > 0 && c.chance(70) {
		name = oneOf(c.random, t.heads) + oneOf(c.random, t.tails)
	}
	if t.isDoubleBarrel && c.chance(5) {
		return name + "-" + oneOf(c.random, t.surnames)
	}
	return name
}

// givenName draws a name for the gender.
func (c *chunk) givenName(t tradition, gender string) string {
	if gender == "F" {
		return oneOf(c.random, t.women)
	}
	return oneOf(c.random, t.men)
}
