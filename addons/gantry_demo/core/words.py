"""The words of the demo story: who supplies, who buys, where, and what moves the demand.

Every name is invented. The goods are in ``families.csv``, one family of products a line: the first
variant costs ``cost`` and weighs ``kg``, each next one ``step`` times as much; ``rate`` is orders a
working day at the busier warehouse for the most popular variant, ``growth`` a year.
"""

# name, city, country, brands, mean lead time in days, its spread (cv), weeks between orders,
# 1 when it lands in the first warehouse only and the second is fed by transfers
SUPPLIERS = """
Velora Tyre Industrial Co., Ltd.|Taichung|TW|Velora|64|.16|3|1
Corvane Components GmbH|Schweinfurt|DE|Corvane|21|.25|1|0
Lumerra Lighting B.V.|Eindhoven|NL|Lumerra|14|.3|1|0
Fortik Security AB|Borås|SE|Fortik|18|.35|2|0
Trekka Outdoor, Lda.|Porto|PT|Trekka|26|.3|2|0
Slickline Chemicals Ltd|Athlone|IE|Slickline|4|.4|1|0
Greenhollow Growing Media Ltd|Birr|IE|Greenhollow|5|.45|1|0
Seedwell Zaden B.V.|Enkhuizen|NL|Seedwell|10|.3|1|0
Terravia Cerâmica, S.A.|Aveiro|PT|Terravia|33|.35|2|1
Aquaro Irrigazione S.p.A.|Brescia|IT|Aquaro|19|.4|2|0
Oakmere Forge Ltd|Sheffield|GB|Oakmere|11|.3|1|0
Emberline Outdoor (Ningbo) Co., Ltd.|Ningbo|CN|Emberline|78|.2|4|1
Stahlberg Werkzeuge KG|Remscheid|DE|Stahlberg|16|.2|1|0
Torqen Tools S.r.o.|Zlín|CZ|Torqen|17|.3|2|0
Fixora Fasteners Ltd|Galway|IE|Fixora,Bondik|5|.3|1|0
Gardwell Safety Sp. z o.o.|Łódź|PL|Gardwell|15|.35|2|0
Frostby Winter Goods Ltd|Newry|GB|Frostby|7|.5|1|0
Yulestead Trading (Yiwu) Co., Ltd.|Yiwu|CN|Yulestead|82|.18|4|1
Mowtec Pièces SAS|Lyon|FR|Mowtec|13|.4|2|1
Baltic Site Systems OÜ|Tallinn|EE|Rakko,Urbanrail|32|.35|2|1
""".strip()

# An address in the style of each country; {n} is a number.
VENDOR_STREETS = {
    "CN": "No. {n}, Binhai Industrial Road", "CZ": "Průmyslová {n}", "DE": "Industriestraße {n}",
    "EE": "Tööstuse {n}", "FR": "{n} rue des Ateliers", "GB": "Unit {n}, Canal Works",
    "IE": "Unit {n}, Enterprise Park",
    "IT": "Via dell'Industria {n}", "NL": "Havenweg {n}", "PL": "ul. Przemysłowa {n}", "PT": "Rua da Indústria {n}",
    "SE": "Fabriksgatan {n}", "TW": "No. {n}, Gongye 12th Road",
}

# A local wholesaler, dearer and quick: second source of what sells most.
FACTOR = ("Liffey Trade Factors Ltd", "Naas", "IE", 2)

# town, county, served from: 0 Dublin, 1 Cork, weight
TOWNS = """
Dublin|Dublin|0|9;Swords|Dublin|0|3;Tallaght|Dublin|0|3;Drogheda|Louth|0|2;Dundalk|Louth|0|2
Navan|Meath|0|2;Naas|Kildare|0|2;Newbridge|Kildare|0|1;Bray|Wicklow|0|2;Arklow|Wicklow|0|1
Carlow|Carlow|0|1;Mullingar|Westmeath|0|1;Athlone|Westmeath|0|1;Tullamore|Offaly|0|1;Portlaoise|Laois|0|1
Longford|Longford|0|1;Cavan|Cavan|0|1;Monaghan|Monaghan|0|1;Sligo|Sligo|0|1;Letterkenny|Donegal|0|1
Castlebar|Mayo|0|1;Galway|Galway|0|3;Wexford|Wexford|0|1;Enniscorthy|Wexford|0|1;Cork|Cork|1|7
Mallow|Cork|1|1;Midleton|Cork|1|1;Clonakilty|Cork|1|1;Bandon|Cork|1|1;Limerick|Limerick|1|4
Ennis|Clare|1|2;Shannon|Clare|1|1;Tralee|Kerry|1|2;Killarney|Kerry|1|2;Waterford|Waterford|1|3
Dungarvan|Waterford|1|1;Clonmel|Tipperary|1|1;Thurles|Tipperary|1|1;Nenagh|Tipperary|1|1;Kilkenny|Kilkenny|1|2
""".strip()

SURNAMES = [
    "Ahern", "Barry", "Behan", "Brennan", "Burke", "Byrne", "Cahill", "Carroll", "Casey", "Clancy", "Coady",
    "Collins", "Connolly", "Crowley", "Cullen", "Daly", "Deegan", "Dempsey", "Devlin", "Dillon", "Doherty",
    "Doyle", "Duggan", "Dunne", "Egan", "Farrell", "Feeney", "Finn", "Fitzgerald", "Flynn", "Foley",
    "Gallagher", "Geraghty", "Halligan", "Hanley", "Hayes", "Healy", "Hickey", "Hogan", "Horgan", "Hurley",
    "Joyce", "Kavanagh", "Keane", "Kehoe", "Kelleher", "Kenny", "Kiely", "Lacey", "Lalor", "Lawlor", "Leahy",
    "Lennon", "Lynch", "Madden", "Maher", "Malone", "McCarthy", "McGrath", "Meehan", "Molloy", "Moran",
    "Mulcahy", "Murphy", "Nolan", "Noonan", "Nugent", "Quinlan", "Quinn", "Rafferty", "Redmond", "Reidy",
    "Roche", "Scanlan", "Shanahan", "Sheehan", "Slattery", "Sweeney", "Tierney", "Tobin", "Twomey", "Walsh",
    "Whelan",
]

STREETS = [
    "Main Street", "Bridge Street", "Church Road", "Mill Lane", "Quay Street",
    "Patrick Street", "Station Road", "Market Square", "Castle Street", "Abbey Road",
    "Parnell Street", "Dublin Road", "Cork Road", "Canal Bank", "Harbour Road",
    "Old Mill Business Park", "Riverside Retail Park", "Clonmore Industrial Estate",
    "Ballymount Trade Centre", "Westpoint Business Park",
]

# kind: (name patterns, share of customers, what they buy by top category, mean size)
CUSTOMER_KINDS = {
    "bike": (
        ("{s} Cycles", "{t} Bike Hub", "{s} & Sons Bicycles", "The Bike Loft {t}", "{t} Cycle Works"),
        .24, {"Cycling": 1.0, "Workshop": .04}, 1.2,
    ),
    "garden": (
        ("{t} Garden Centre", "{s} Nurseries", "{s}'s Garden World", "The Potting Shed {t}"),
        .2, {"Garden": 1.0, "Seasonal": .5, "Machinery spares": .1}, 1.3,
    ),
    "hardware": (
        ("{s} Hardware", "{s} & Co. Hardware", "{t} DIY & Home", "{s} Bros. Hardware"),
        .26, {"Workshop": 1.0, "Garden": .55, "Seasonal": .9, "Cycling": .08}, 1.2,
    ),
    "builder": (
        ("{s} Builders Providers", "{t} Building Supplies", "{s} Construction Ltd"),
        .12, {"Workshop": 1.0, "Projects": 1.0, "Seasonal": .2}, 1.0,
    ),
    "service": (
        ("{s} Mower Services", "{s} Plant & Tool Hire", "{t} Garden Machinery"),
        .1, {"Machinery spares": 1.0, "Garden": .1, "Workshop": .12}, .7,
    ),
    "public": (
        ("{t} Community College", "{t} Tidy Towns CLG", "{t} Sports Partnership", "{t} Enterprise Park"),
        .08, {"Projects": .8, "Garden": .1, "Cycling": .03, "Seasonal": .12}, .6,
    ),
}

# season: (peak day of the year, concentration, height over the base), several bumps; the base is 1
SEASONS = {
    "flat": (),
    "cycling": ((160, 2.2, 1.5),),
    "xmas_cycling": ((150, 2.2, 1.0), (340, 30, 2.5)),
    "dark": ((305, 5, 2.6), (30, 6, .8)),
    "spring": ((115, 9, 5.5), (255, 10, 1.0)),
    "seeds": ((82, 10, 7.0),),
    "bulbs": ((270, 22, 16.0),),
    "lawn": ((110, 9, 4.0), (255, 12, 2.0)),
    "summer": ((178, 5, 4.2),),
    "bbq": ((165, 7, 7.0),),
    "pruning": ((60, 10, 1.6), (225, 6, 1.2)),
    "autumn": ((295, 8, 3.0),),
    "winter": ((345, 5, 5.0),),
    "frost": ((12, 9, 10.0),),
    "xmas": ((328, 22, 40.0),),
    "xmas_tool": ((338, 25, 1.8),),
}

# name, month, day, days, what it moves, uplift
PROMOTIONS = (
    ("Spring garden trade week", 4, 8, 12, "Garden", .9),
    ("Bike Week deals", 6, 9, 9, "Cycling", .7),
    ("Black week trade offers", 11, 20, 10, "Workshop/Power tool accessories", 1.1),
    ("Lights before the clocks change", 10, 14, 12, "Cycling/Accessories/Lights", .8),
    ("Barbecue launch", 5, 5, 10, "Garden/Outdoor living/Barbecue", .8),
    ("January fixings sale", 1, 13, 12, "Workshop/Fixings", .6),
    ("Open day, hand tools", 9, 18, 3, "Workshop/Hand tools", 1.6),
    ("Tyre and tube multibuy", 3, 10, 14, "Cycling/Parts", .75),
)
