#!/usr/bin/env python3
"""Writes the long sample: the transcript of one day in an invented parliament, and its gold labels.

    python3 datasets/make_long.py

makes news-sample/13-parliament-transcript.txt (about 300 kB) and gold/13-parliament-transcript.marked,
always the same bytes. The text is put together from the sentences below, which are marked up by hand
({LABEL words}, as in the gold files); the labels therefore come with the text and need no second pass.
What belongs to one clause of the debated bill stands in CLAUSES; the banks under it are for every clause.
"""

import random
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = "13-parliament-transcript"

# Name as printed before a speech, short form in other speeches, seat, party.
MEMBERS = [
    ("Ingrid Tollefsen", "Ms {PERSON Tollefsen}", "Skarvoy North", "Islands Union"),
    ("Callum Rae", "Mr {PERSON Rae}", "Port Ansgar", "Harbour Labour"),
    ("Solveig Aune-Marwick", "Ms {PERSON Aune-Marwick}", "Quoyness", "Free Crofters"),
    ("Dominic Achebe", "Mr {PERSON Achebe}", "Port Ansgar", "Islands Union"),
    ("Ragna Thorkelsdottir", "Ms {PERSON Thorkelsdottir}", "Utsker", "Independent"),
    ("Magnus Heddle", "Mr {PERSON Heddle}", "Burravik", "Free Crofters"),
    ("Farida Haidari", "Ms {PERSON Haidari}", "Castle Sound", "Harbour Labour"),
    ("Ewan Sinclair-Voe", "Mr {PERSON Sinclair-Voe}", "Hestwick", "Islands Union"),
    ("Birgit Lindahl", "Ms {PERSON Lindahl}", "Tarn", "Harbour Labour"),
    ("Tobias Mouat", "Mr {PERSON Mouat}", "Skarvoy South", "Free Crofters"),
    ("Catriona Flett", "Ms {PERSON Flett}", "Lambholm", "Islands Union"),
    ("Josef Novotny", "Mr {PERSON Novotny}", "Castle Sound", "Independent"),
    ("Unn Isbister", "Ms {PERSON Isbister}", "Grindavoe", "Harbour Labour"),
    ("Peter Garrioch", "Mr {PERSON Garrioch}", "Sandwick Mains", "Free Crofters"),
]
MINISTER = ("Astrid Halcro", "Ms {PERSON Halcro}", "Minister for Harbours and Ferries")
CHAIR = "The Chair"

# title | what it is about, in a sentence | the harm today | what the amendment does | the objection
# | somebody's story | a figure with its source | the minister's answer | a question | its answer
CLAUSES = """
Winter timetable|the winter timetable|From {DATE November} to {DATE March} the last boat leaves {GPE Utsker} at ten to three, before the school bus has reached the pier|would oblige the operator to run one sailing after five o'clock on every weekday|A late boat that nobody takes is a heated corridor at sea|A joiner in {GPE Utsker}, {PERSON Olaf Manson}, has slept forty-one nights this winter on the floor of the house that he was plastering|{ORG Skerrold Ferries} counted nine passengers on the trial sailing in {DATE December 2025}, and eight of them were the band|We have asked for two late sailings a week and shall look at the figures in {DATE April}|Does she know what a taxi costs from {GPE Quoyness} when there is no boat?|I do, because I took it. One hundred and twelve pounds, and he apologised
Harbour dues|dues for small boats|A boat of seven metres pays the same at {GPE Port Ansgar} as a boat of fourteen, because the by-law of {DATE 1961} knows only two sizes|would charge by the metre, with nothing for boats under five|By the metre means by the tape measure, and the tape measure means a quarrel on every quay|{PERSON Jessie Leask} of {GPE Burravik} has fished creels alone since her brother died, and last year she paid more in dues than in fuel|The {ORG Skerrold Harbour Trust} took 214,000 pounds in small-boat dues in {DATE 2025}, and spent 190,000 of them on collecting it|The {ORG Trust} has told me that it can live with a scale of five steps, and I shall bring one forward|Who is to hold the tape?|The harbour master, as he holds the rope, the lamp and the keys
Pilotage|compulsory pilotage|Tankers for {GPE Castle Sound} take a pilot on a calm day in {DATE June} and none on a black night in {DATE January}, since the old exemption goes by the month|would make the duty depend on wind and light and not on the calendar|Masters who have come here for thirty years do not need to be told where the rock is|The master of the {NORP Danish} coaster that touched {LOC Hunda Skerry} in {DATE 2023} told the inquiry that he had never seen the rock, and that it had seen him|Of seventeen groundings since {DATE 2005}, the {ORG Marine Casualty Office} found that fourteen had no pilot on board|I accept the purpose and shall return with words that a ship's agent in {GPE Rotterdam} can read in one minute|How many pilots have we?|Four, and one of them is in {GPE Aberdeen} with his knee
School boats|the school boats|Thirty-eight children cross {LOC Ovey Sound} every morning in a boat whose heating was installed by their grandparents|would set a limit of forty minutes for any child under twelve|Forty minutes by whose clock? A tide is not a timetable|A girl of eight from {GPE Tarn}, {PERSON Liv Scollay}, wrote to every member of this House that she does her sums on the boat because it is too cold to draw|The {ORG Education Board} put the price of a new hull at 640,000 pounds in its letter of {DATE 9 February}|There is money in the estimates for one hull, and I shall not pretend that there is money for two|Has the minister been on that boat?|Twice, and I was sick once, which I am told is the average
Lifebelts and ladders|lifebelts and ladders|On eleven of our piers there is a nail where a lifebelt should hang|would have every public pier inspected by {DATE 1 May} of each year|We shall have a law for nails next|Two summers ago {PERSON Duncan Rendall}, who is seventy, went in off the steps at {GPE Hestwick}, and was got out with a clothes line|The {ORG Coastal Safety League} walked all ninety-four piers in {DATE September 2025} and published a photograph of each|I am content to accept this amendment as it stands|Is a clothes line on the list of approved equipment?|It is now
Fares for islanders|resident fares|A family of five from {GPE Lambholm} pays more to see a dentist in {GPE Port Ansgar} than a visitor from {GPE Hamburg} pays to see a puffin|would fix the resident fare at a third of the full one|Whoever lives here only in {DATE July} will swear that he lives here in {DATE February}|The {PERSON Groat} sisters at {GPE Lambholm} share one ticket and one coat, and have not been seen together in town since {DATE 2019}|Figures from {ORG Skerrold Ferries} show that resident tickets fell by a fifth after the rise of {DATE April 2024}|The principle is right. The price is four million pounds, and I would rather find it before I promise it|What makes a resident?|Three winters, says my mother; the bill says one
Freight rates|freight for hay and feed|A bale of hay that costs thirty pounds in {GPE Caithness} costs seventy-one on the pier at {GPE Grindavoe}|would carry winter feed at half the rate from {DATE 1 October}|Half rate for hay will be half rate for everything that can be hidden under hay|{PERSON Hector Mowat}, who keeps sixty cattle at {GPE Grindavoe}, sold nine of them in {DATE November} to pay for the hay of the rest|A study by the {ORG Northern Agronomy College} puts the extra cost at 260 pounds a beast|I have sympathy for the beasts and a duty to the books, and I shall meet the crofters in {GPE Quoyness} on {DATE 20 March}|May a member declare an interest in hay?|He may, and I think that half the House just did
Radio watch|the night radio watch|Since {DATE 2022} nobody on these islands has listened to the distress channel between midnight and six; the call goes to a room six hundred kilometres away|would pay for a watch of two at {GPE Castle Sound}|They have better ears in {GPE Bergen} than we have, and they do not need coffee|When the {PERSON Inkster} boat lost her rudder off {LOC Noup Head}, the officer who answered asked him to spell the sea|{ORG Nordic Sea Watch} handled fifty-three of our calls in {DATE 2025}, with a median delay of four minutes|I have read all fifty-three transcripts. I shall pay for the watch|Why two?|Because one of them has to put the kettle on, and in the end that is when it happens
Dredging|dredging at the south pier|The {ORG Harbour Trust} has known since {DATE 2016} that the south pier at {GPE Port Ansgar} loses ten centimetres of depth a year|would name the channel and the depth in the act itself|An act of parliament cannot hold back sand|Skipper {PERSON Wilma Drever} told the committee that she enters on the top of the swell, with her eyes shut|The survey by {ORG Hydrograf AS} of {GPE Stavanger} found 3.1 metres where the chart says 4.5|The dredger comes in {DATE May}, law or no law, and I would ask the mover to let the sand have its say first|Where will the sand go?|To {GPE Sandwick Mains}, I hope, where the beach went last year
Fuel storage|fuel tanks on the quays|There are five tanks on the quay at {GPE Burravik}, and the paint on the oldest says {DATE 1944}|would move every tank thirty metres back from the edge|Thirty metres back from the edge at {GPE Burravik} is the church|The caretaker of the hall, {PERSON Mina Halvorsen}, smelt diesel in the well in {DATE August} and was told that it was the season|The {ORG Environment Inspectorate} found traces in six wells of nine|I shall not move a church, but I shall move a tank|Does the church object?|The {ORG Kirk Session} has said that it was there first
Cruise ships|calls by cruise ships|On {DATE 14 July} last year four thousand people came ashore at {GPE Castle Sound}, where nine hundred live|would allow no more than one large ship a day|The ships are the only customer who comes without being asked|{PERSON Ruth Eunson}, who knits, sold out by ten and then locked the door and cried|The {ORG Chamber of Trade} reckons that a passenger leaves eleven pounds; the {ORG Parish Council} reckons that he leaves a cup|One a day from {DATE 2028}, when the contracts have run out: I can offer that|What is large?|Longer than the street
Ice and frozen fish|the ice plant|When the ice plant at {GPE Hestwick} stops, as it did for nineteen days in {DATE August}, the fish goes to {GPE Peterhead} and so do the jobs|would make the plant a public undertaking|A thing that breaks in private hands will break in public ones, with minutes|The foreman, {PERSON Andrzej Bielak}, keeps the compressor alive with parts from a milk tank|According to {ORG Skerrold Seafoods} each day without ice costs 28,000 pounds|I have a valuer there at this moment; let him finish|Is the milk tank insured?|It was, as a milk tank
Seaweed landing|the landing of seaweed|Eight firms now cut kelp in {LOC Ovey Sound}, and the act, which is of {DATE 1893}, speaks of manure|would bring seaweed under the same licence as shellfish|Nobody ever drowned of too little licence for seaweed|{PERSON Kari Stout}, who started with a bread knife and a rowing boat, now employs fourteen at {GPE Tarn}|The {ORG Marine Institute of the North} measured a fall of twelve per cent in the beds nearest the pier|A licence, yes; the same one, no. A limpet does not grow back like a leaf|Can one eat it?|One can. I have been made to
Moorings|moorings for visitors|In {DATE July} the bay at {GPE Lambholm} is so full of yachts that the lifeboat has to ask|would set aside a fairway of sixty metres|A fairway on a chart is a wish; you need somebody with a loud voice|The coxswain, {PERSON Brian Linklater}, counted fifty-two masts on {DATE 26 July} and could not turn|Receipts from moorings were 38,000 pounds in {DATE 2025}, says the {ORG Harbour Trust}|Sixty metres it shall be, and the voice we can find|Whose voice?|I had thought of the member for {GPE Burravik}
Lighthouse cottages|the keepers' cottages|The cottages at {LOC Noup Head} have stood empty since the light went automatic in {DATE 1989}|would offer them to families on the housing list|You cannot raise a child two hundred steps above the sea|{PERSON Elspeth} and {PERSON Omar Kaya}, who teach at {GPE Quoyness}, live in a caravan within sight of those windows|The {ORG Northern Light Commissioners} ask 90,000 pounds for the four and want 30,000 a year to heat them|If the {ORG Commissioners} lower the price, I shall raise my hand|Is there a school bus to {LOC Noup Head}?|There is a road, which is more than there was
Ferry crew pay|pay of the ferry crews|A mate on our boats earns a quarter less than on the same boat under the {NORP Norwegian} flag, which he can see from the bridge|would tie the scale to the mainland one|A scale tied to another man's post moves when he does|Able seaman {PERSON Jon Wishart} trained here, for six years, at our cost, and sails from {GPE Haugesund} now|The {ORG Seafarers' Guild} lists twenty-two posts vacant on {DATE 1 February}|There are talks, and I shall not conduct them from this bench|Is the boat under the {NORP Norwegian} flag faster?|No. It is merely crewed
Disabled access|ramps and lifts|The lift at the terminal of {GPE Port Ansgar} has worked on one hundred and six days since {DATE January 2025}|would fine the operator for each day without one|A fine that goes from one public purse to another is exercise|{PERSON Helga Rosie}, who uses a chair, was carried aboard by two lorry drivers, and thanked them, and went home and wrote to me|{ORG Access Skerrold} measured every ramp at low water and found one in four too steep|There will be a new lift in {DATE June}. I have seen it; it is in a crate|Where is the crate?|On the upper floor
Livestock|the carriage of livestock|Cattle for the sale of {DATE October} stand on the pier at {GPE Quoyness} for up to seven hours, in whatever the sky sends|would require a roof and water|Cattle have stood in the rain since there was rain|Vet {PERSON Maureen Tulloch} treated thirty beasts for cold after the sale of {DATE 2024} and sent no bill, because she did not know to whom|A roof of forty metres costs 85,000 pounds, says the {ORG Department of Works}|The roof is a good roof. I should like it in the next budget, with the member's vote for the budget|May people stand under it too?|If the cattle agree
Fog signals|fog signals|The horn at {LOC Hunda Skerry} was switched off in {DATE 2020} on the ground that everyone has satellite navigation|would switch it on again, from {DATE September} to {DATE April}|The horn kept a whole parish awake for a century for the sake of three boats|{PERSON Sandy Corrigall}, who is ninety and no longer sails, says that he has not slept since it stopped|The {ORG Northern Light Commissioners} quote 11,000 pounds a year, most of it for paint|I shall ask the {ORG Commissioners} for one winter, as a trial|Has the parish been asked?|It has. Seventy for, sixty-eight against, and one who could not hear the question
Waste from ships|ships' waste|The skip at {GPE Castle Sound} takes eight cubic metres, and one ship in {DATE August} brought nineteen|would let the harbour master turn a ship away|He who turns away the waste will meet it again on the beach|Children of the school at {GPE Hestwick} picked up four thousand plastic pellets in a single morning in {DATE May}, and sorted them by colour|The {ORG Clean Shores Fund} weighed six tonnes from eleven beaches|I would sooner charge than turn away, and charge enough|What did the children do with the colours?|A portrait of me. I am told that it is very like
The ferry Sula|the replacement of the Sula|She was built in {GPE Gdańsk} in {DATE 1984} for a river, and has crossed a sea ten thousand times|would order a successor by {DATE 31 December}|A ship ordered in a hurry is a ship delivered in a hurry, which is to say late|Engineer {PERSON Priya Nair} keeps a list of what must not fail, and last week the list became longer than the list of what may|{ORG Baltic Yards}, of {GPE Klaipėda}, has offered a hull for 31 million euros|The tender closes on {DATE 30 June}. I cannot close it sooner, however I lean on it|How long will she last?|Longer than this debate, I am assured
Electric berths|shore power|A ship at the berth runs her engines all night, and the old people's home at {GPE Port Ansgar} is forty metres downwind|would have sockets at every berth over eighty metres|A socket needs a power station behind it|Matron {PERSON Grace Adeyemi-Flaws} keeps the windows shut in {DATE July}, and the residents call it the long winter|The {ORG Grid Company} needs nine megawatts and has four|Two berths by {DATE 2029}, and a cable before that: it is what can be had|Can the ships plug in?|A third of them, with an adapter that costs as much as a house
Ballast water|ballast water|The carpet sea squirt was found at {GPE Tarn} in {DATE 2021}, and it came in somebody's tanks|would forbid discharge inside the {LOC Skerrold Sound}|Ships must breathe out somewhere|Oyster farmer {PERSON Leif Gunnarsson} scrapes each basket by hand now, twice a month, for an animal that has no face|The {ORG Marine Institute of the North} lists six new species since {DATE 2010}|The ban is in the convention already; what we lack is a boat to enforce it|What does a sea squirt look like?|Like the end of a career
Ferry Wi-Fi|telephone signal on the boats|For fifty minutes between {GPE Utsker} and {GPE Port Ansgar} there is no signal, and a nurse on call is not on call|would put a mast on {LOC Little Ovey}|Fifty minutes without a telephone is what visitors pay us for|Midwife {PERSON Ann-Kristin Berge} learnt at the pier that the child had been born while she was reading the safety card|{ORG Tele Skerrold} asks 120,000 pounds for the mast and nothing for the view|The mast has planning leave since {DATE Friday}, and I hope to see it up by {DATE August}|And the child?|Is called {PERSON Ovey}, after the island
Diving and wrecks|diving on the wrecks|Souvenirs from the wreck of the {NORP Dutch} barque in {LOC Hunda Bay} are for sale in {GPE Leiden}, with a certificate|would make the wreck a protected place|Protect every wreck and there will be nowhere left to anchor|Diver {PERSON Fiona Brough} has drawn the whole ship, plank by plank, and leaves everything where it lies|The {ORG Heritage Service} lists two hundred and twelve wrecks, and has one boat with a hole in it|Three wrecks to begin with, and the boat mended|Which three?|The ones with something left
Tugs|the harbour tug|Our only tug was sold in {DATE 2018}, and since then a ship adrift has been a matter of hope|would charter one for the winter months|A tug that waits costs as much as a tug that works|In the gale of {DATE 8 January} the crew of a {NORP Polish} trawler drifted for eleven hours past every window in {GPE Skarvoy}|The {ORG Marine Casualty Office} calls the gap "tolerable", a word that it does not define|I am in talks with {GPE Orkney} about sharing one, and the talks are cheaper than the tug|Would she reach us in time?|In nine hours; the rock takes six
{DATE Sunday} sailings|sailings on {DATE Sunday}|Hospital visitors from {GPE Grindavoe} go on {DATE Saturday} and come home on {DATE Monday}, for a visit of one hour|would allow one sailing each way|My constituents have kept one day a week quiet for three hundred years and do not find it too long|{PERSON Thomas Laughton} missed his wife's last afternoon by that one boat, and said to me that he did not blame the boat|In a poll by the {ORG Skerrold Mail} fifty-four in a hundred were for, and nineteen would not say|It is a free vote, and I shall vote for it, with respect for those who will not|Will the {ORG Kirk Session} be heard?|It was heard in {DATE February}, for two days
Weighbridge|the weighbridge|Lorries are weighed at {GPE Hestwick} on a plate that has read forty kilos too much since a lorry fell on it|would have it tested twice a year|The forty kilos are known to all and are part of the price|Haulier {PERSON Bessie Firth} has paid, by her reckoning, for six tonnes of lorry that were never there|{ORG Trading Standards} found eleven plates of fourteen out of true|Twice a year is once too often, but I give way|Has anyone been refunded?|Everyone has been sympathised with
The name of the port|the name of {GPE Port Ansgar}|The chart says {GPE Port Ansgar}, the road sign says {GPE Ansgarhavn}, and lorries from {GPE Poland} have been to both|would make both names lawful|Two names for one place is one more than it needs|Postmistress {PERSON Inga Peace} redirected four hundred letters last year from a town of the same name in {GPE Minnesota}|The {ORG Place Names Committee} heard thirty-one witnesses and recommends both, in alphabetical order|Both, then. I was born there and have used both in one sentence|In which order on the sign?|That is clause thirty-one, and heaven help us
Inspection of moorings in winter|winter inspection|Divers look at the chains in {DATE August}, when there is no strain on them|would add an inspection in {DATE January}|In {DATE January} the diver sees his own hand, if he holds it close|A fishing boat belonging to {PERSON Alec Bruce} of {GPE Sandwick Mains} parted her mooring on {DATE 3 January} and was found asleep in a field|Insurers paid 410,000 pounds last winter, says the {ORG Mutual of the Isles}|We shall try a camera; it costs less than a diver and does not have children|Who looks at the pictures?|The diver
Compensation for delay|compensation for late boats|Passengers have waited a total of nine years, if one adds up the log of {DATE 2025}|would pay half the fare after two hours|The wind does not pay half, and it is always the wind|{PERSON Noor Bakker}, who sells cheese from a van, threw away forty kilos at {GPE Tarn} and was given a cup of tea|{ORG Skerrold Ferries} expects 300,000 pounds of claims and two clerks to refuse them|After three hours, and not for weather: on that we could shake hands|Who decides what is weather?|I had hoped not to be asked
Charging for parking|cars on the pier|On any fine day in {DATE August} the pier at {GPE Quoyness} holds eighty cars, of which three are going anywhere|would charge five pounds a day after the first|A charge at the pier is a tax on those who have no bus|Nurse {PERSON Margaret Clouston} drove round the pier for twenty minutes with a patient's blood on the seat beside her|The {ORG Community Council} counted number plates for a month and found one car that has not moved since {DATE 2021}|The first two days free, then five pounds, and a bus: I can do all three by {DATE Easter}|Whose car is it?|The question is before the courts
""".strip()

OPENINGS = [
    "I beg to move the amendment that stands in my name.",
    "I move the amendment, which is short, and I shall try to be shorter.",
    "Thank you. I move the amendment printed on the second paper.",
    "I rise to move what my constituents have been asking for since before I could vote.",
    "I beg to move. The House has been sitting since ten, and I see that some of us are sitting more deeply than others.",
    "I move this amendment with less confidence than the last one and with better arguments.",
    "I beg to move, and I ask the indulgence of the House for a cold that I brought back from {GPE Utsker}.",
    "I move the amendment together with the small one that follows from it.",
]
WHY = [
    "Let me say first what this is not. It is not a complaint against those who do the work; they do it at four in the morning, and well.",
    "Nobody in this chamber designed the present state of things. It grew, as barnacles grow, and it slows us as they do.",
    "We have spoken about {topic} in every session that I can remember, and in each we agreed that something ought to be done, by somebody, soon.",
    "I have here a folder of letters. I shall not read them all, but I should like the minister to see how thick it is.",
    "The committee that met at {GPE Castle Sound} in {DATE January} heard eleven witnesses on {topic}, and not one of them thought that it could stay as it is.",
    "When the first act was passed, in {DATE 1893}, this chamber was lit with fish oil. Some of its clauses still smell of it.",
    "It is the kind of matter that looks small from {GPE Edinburgh}, smaller from {GPE London}, and fills the window when you stand in front of it.",
    "I do not claim that {topic} is the greatest question of our time. I claim that it is the one on the paper.",
    "Those who know me know that I do not like to regulate what neighbours can settle. Here the neighbours have tried for ten years.",
    "There is an old saying in {GPE Quoyness} that a law is like a net: it is judged by its holes.",
]
FURTHER = [
    "The words are few. The amendment {does}; it leaves everything else where it was, and it can be undone by a simple vote if I am wrong.",
    "What is proposed is plain. The amendment {does}, and it gives the minister a year in which to get ready.",
    "I have tried to write it so that a person on a wet pier can understand it. The amendment {does}. That is all that it does.",
    "In substance the amendment {does}. Its second line, about the date, is there because the lawyers asked for it.",
    "Honourable members will ask what it changes on the first morning. It {does}, and by the first evening somebody will be a little better off.",
]
CLOSINGS = [
    "I commend it to the House.",
    "I hope that the minister will take it as it is meant, which is kindly.",
    "That is the whole of my case, and I shall listen to the other half of it.",
    "If there is a better way, I shall vote for it with both hands. Until then, this is the way.",
    "I ask for nothing that we have not already given to somebody else.",
    "I could go on, and I see from the Chair that I should not.",
]
AGAINST = [
    "I am sorry to part company with {mover}, with whom I share a boat home.",
    "I listened to {mover} with care and found myself agreeing with the description and not with the cure.",
    "There is much in what {mover} says, and rather more in what was left out.",
    "My party will not support this. I should like to say why, so that it is not said for us.",
    "I have only one difficulty with the speech of {mover}, and it is the amendment at the end of it.",
    "Somebody must speak for the people who will have to pay for {topic}, and they are not in the gallery, because they are at work.",
]
MORE_AGAINST = [
    "We are good at duties. In the last session we laid thirty-four new ones on the {ORG Harbour Trust}, and one new clerk.",
    "What is a minimum today becomes a maximum tomorrow. I have never seen an office do more than the law demanded of it, and I have worked in three.",
    "The costs are certain and fall on {DATE 1 April}; the benefits are probable and fall on our successors.",
    "The {GPE Faroe Islands} tried something of the kind in {DATE 2013} and wrote it out of the book again in {DATE 2017}. I have asked for their reasons and shall lay them on the table.",
    "If it is right for {GPE Port Ansgar}, is it right for {GPE Tarn}, where there are nine houses and a goat? The amendment makes no difference between them.",
    "I would rather have a promise from the minister in plain words than a clause in fine ones.",
    "Let the {ORG Audit Office} look at it for one winter. If the figures stand up, I shall stand up with them.",
    "I asked the {ORG Department of Works} how many people it has for such things. The answer was one and a half, and the half is on leave until {DATE May}.",
    "A rule is not a rope. Nobody was ever pulled out of the water by one.",
    "There is a phrase in the notes, \"minimal additional burden\". I have carried minimal burdens all my life, and they add up.",
    "If we do this by law, the next member will want the next thing by law, and he will be able to say that we began it.",
    "It was tried in {GPE Orkney} with money from {GPE Brussels}. The money has gone and the sign is still there.",
    "I do not say never. I say: not in the middle of a contract, not in the middle of a winter, and not in the middle of the night, which is where we are heading.",
    "Ask any crew whether they want another rule or another hand. I did, on {DATE 17 February}, on the six o'clock boat, and I can still hear the laughter.",
    "The last time that we were in such a hurry was in {DATE 2009}, and we have been mending that act in every session since.",
    "Every one of us has a pier. If each pier gets its own sentence in this act, we shall need a longer act, or fewer piers.",
]
FOR = [
    "I shall be brief, because {mover} has left me little to add on {topic} but a witness.",
    "I support the amendment, and I do so as somebody who opposed it three years ago.",
    "I had not meant to speak. Then I heard the last speech.",
    "On {topic} I should like to tell the House about somebody who could not come today.",
    "There are figures for everything, and I shall come to one. But first a person.",
    "I speak for the smallest constituency in this House, and it is not used to being agreed with; let me therefore agree quickly.",
]
AFTER_STORY = [
    "That is not a statistic. It is a person who pays taxes, and who has been very patient with us.",
    "I asked whether I might tell it here, and the answer was: if it helps.",
    "I tell it without heat. It was told to me without heat, and that was the worst of it.",
    "Nothing in that story is against the law as it stands. That is my point.",
    "It would have cost us the price of this week's printing to prevent it.",
    "Everyone on that island knows the story. I think it is time that the record knew it too.",
]
FIGURE = [
    "As to the figure that I promised: {figure}.",
    "And since we shall be asked for numbers, here is one. {figure}.",
    "It is on paper, too. {figure}.",
    "For those who prefer arithmetic: {figure}.",
    "I have checked this with the library. {figure}.",
]
AFTER_FIGURE = [
    "One may quarrel with the method; I did, and it came out the same.",
    "I leave it to honourable members to multiply that by the years.",
    "The paper is in the library, next to the radiator, and it has been read; there is a ring on it from somebody's cup.",
    "It is not a large figure. Neither are we a large country.",
    "If the minister has a better one, I shall be glad to have it before the vote and not after.",
]
MINISTER_OPENS = [
    "I am grateful to everyone who has spoken, and especially to those who stopped.",
    "Let me begin with what is agreed, since it is more than it sounded.",
    "I have listened, and I have changed a page of my notes while doing so.",
    "The government has looked at {topic} more closely than the debate suggests.",
    "I thank {mover}, who gave me notice of the amendment, and a chart, and a biscuit.",
    "On {topic} I can be shorter than my officials would like.",
    "I came here with a speech against. I shall give half of it.",
]
MINISTER_MIDDLE = [
    "The department has four lawyers and ninety-four piers, and I must ask the House to bear that proportion in mind.",
    "I have spoken to my colleague in {GPE Tórshavn}, who faces the same question with better roads.",
    "My officials went to {GPE Gothenburg} in {DATE November} to see how it is done there. It is done with money, but some of it is done with sense, and the sense we can copy.",
    "I have been minister for two years and four months, and in that time I have learnt to distrust every sentence that begins with the word simply.",
    "Let me put the other side once, so that nobody has to put it for me.",
    "If the House wishes me to choose between the roof and the boat, I shall choose the boat, and get wet.",
    "The figures are in annex four, and the corrections to the figures in annex five; I would ask honourable members to read them in that order.",
    "Much of what was said is true. Some of it has been true since {DATE 1997}, when my predecessor stood here and said so.",
    "There is a difference between what a law can require and what a winter will allow.",
    "I would remind the House that the {ORG Treasury} reads these reports, and that it begins at the back.",
    "Of the consultation that closed on {DATE 30 January}, I can say that it drew 212 replies, nineteen of them in verse.",
    "I do not want to make a promise in {DATE March} that I have to explain in {DATE October}.",
    "The operator's contract runs until {DATE 2029}. We may bend it; if we break it, we shall pay for both pieces.",
]
MOVER_ENDS_WITHDRAWN = [
    "I have been long enough in this House to know a good offer when it is read out slowly. I beg leave to withdraw the amendment.",
    "In view of what the minister has said, and of the fact that it is now in the record, I ask leave to withdraw.",
    "That is less than I asked for and more than I expected. I beg leave to withdraw.",
]
MOVER_ENDS_PRESSED = [
    "I thank the minister for her courtesy. I should still like to see the hands. I press the amendment.",
    "I have heard \"in due course\" from that bench under four ministers. I shall press it to a vote.",
    "I am half persuaded, and the other half insists on a division.",
]
ASIDES = [
    ("Order. I must ask the gallery not to applaud, and not to knit so loudly.", None),
    ("Order. The member will speak through the Chair, and the Chair will be grateful for a slower pace.", "I apologise. I was trying to catch the half past four."),
    ("Order. I remind the House that the last boat for {GPE Lambholm} leaves at ten past seven, and that it has not been told about us.", None),
    ("Order. Is the honourable member giving way or looking for spectacles?", "Both, and I have found them. I give way."),
    ("Order. There is a dog in the chamber. I do not ask whose it is; I ask that it leave.", "It is on a point of order, I think."),
    ("Order. The clock has stopped; we shall go by mine.", None),
    ("Order. The expression that the member used is parliamentary, but only just.", "Then I shall use it only once more."),
]
RESPONSES = [
    "I am grateful for the intervention, and I had a better answer to it in the corridor.",
    "That is a fair question, and I shall come to it in the next sentence but one.",
    "If the honourable member will be patient, so shall I.",
    "I hear what is said. I heard it in {DATE 2022}, too, from the same bench, in the same tie.",
]
CHECKS = [
    "Will the honourable member give way? I should like to know whether anyone has put this to the people of {seat}.",
    "Would the member accept that {seat} has managed without such a rule for a hundred years?",
    "On a point of information: does the amendment apply to {seat}, which has no pier at all?",
    "Can the member tell us what it would cost a household in {seat}?",
    "Before we leave that point, may the House be told who is to inspect it at {seat} in {DATE January}?",
]
LETTERS = [
    "We are not many and we are not loud. But the boat passes our window twice a day, and we should like to be on it more often than we are.",
    "I am told that {topic} is a matter for experts. I have stood on that pier for thirty-one years. If that does not make me one, tell me what does.",
    "Please do not send another questionnaire. Send somebody with boots.",
    "You will say that there is no money. There was money for the sign that says that there is no money. I pass it every day.",
    "My husband says that you will not read this. I say that you will read it and do nothing. One of us owes the other ten pounds.",
    "I voted for your opponent and shall do so again, but on {topic} you are right, and it costs me something to write it.",
    "When my father took the harbour bursary in {DATE {year}} he had to swear that he would come back. I came back without swearing. Do not make me sorry.",
    "The first winter one laughs. The second winter one complains. This is the ninth, and I have begun to write letters.",
    "There used to be a man for this, {PERSON {someone}}, and he had a key and a bicycle. Now there is a number, and it is in {GPE {town}}.",
    "I enclose a photograph. The dark thing on the left is the pier, and the dark thing on the right is {DATE {month}}.",
    "Our class has discussed {topic} and voted. Eleven of us are for it, four are against it, and {PERSON {someone}} wants a seal.",
    "I have nothing against the rule. I have something against its being the third rule since {DATE {year}}, each with its own form.",
    "We moved here from {GPE {town}} for the quiet and the schools. The quiet is excellent.",
    "Last {DATE {month}} I wrote to the operator, to the trust and to the minister. The operator answered. I thought that you should know, as it may not happen again.",
    "If you want to know about {topic}, ask the night porter. Nobody asks the night porter.",
    "I am eighty-four and I have seen six acts on the harbours. The one of {DATE {year}} was the best, because they forgot to bring it into force.",
    "It is always said that the islands must help themselves. We did. We were fined for it on {DATE {day}}.",
    "My daughter has gone to {GPE {town}}. She rings on {DATE Sunday}. She asks about the dog, and the pier, in that order, and I have no news of the pier.",
    "I make no complaint about the crew, who are saints, nor about the boat, which is doing its best. My complaint is about the piece of paper between them.",
    "Do what you like, but do it before the lambing.",
]
PLACES = [
    "In {GPE Utsker} we are a hundred and ninety people, one road and three committees. We had a fourth, for merging the other three, but it could not agree on a day. I say this so that the House may know that when {GPE Utsker} is of one mind, as it is on {topic}, something has happened.",
    "The people of {GPE Burravik} do not write to me. They wait until I buy bread. On {DATE Saturday} I bought one loaf and came home with seven opinions on {topic}, of which five were the same.",
    "Visitors to {GPE Castle Sound} see the castle, and then they see the sound, and then they ask when the boat goes. I should like them to ask it later. That is an economic policy, and it would cost less than the one we have.",
    "I went to {GPE Grindavoe} with officials of the {ORG Department of Works} in {DATE October}. One of them put his hand on the rail and it came off, the rail, not the hand. He wrote it down. The rail is still lying there; I saw it last week, and somebody has painted it.",
    "{GPE Hestwick} was a herring town. In {DATE 1911} one could walk over the harbour dry-shod on the decks, and forty girls from {GPE Lewis} were gutting on the quay. Nobody wants that back. But a harbour that could do that can surely do this.",
    "There is a bench at {GPE Quoyness} that looks at the pier. On it sit {PERSON Willie Harcus}, {PERSON Robbie Harcus} and, when it is dry, a third man who is not called {PERSON Harcus}. If I carried a bill past that bench I should feel safe with it in front of any court in {LOC Europe}.",
    "My colleague from {GPE Port Ansgar} speaks of traffic. In {GPE Lambholm} traffic is when two tractors meet and neither wishes to be rude. It is from that point of view that I ask the House to look at {topic} once more.",
    "In the library of {GPE Skarvoy} lies the journal of the {NORP Dutch} surveyor {PERSON Cornelis Outshoorn}, who came in {DATE 1774} to look at the harbours, and stayed for nine years, because of the boats. He has a page on {topic}, or what was then in its place. It could be read out today, and it would be called radical.",
    "We are told to look at {GPE Iceland}, and I have. In {GPE Húsavík} they had the same quarrel in {DATE 2012}. They put the two sides in a boat and did not let them ashore until they had a text. It took an afternoon, and it was not a calm one.",
    "I was once on the {ORG Harbour Trust} myself, for four years, and I sat next to the man who kept the tide tables. He used to say that the sea has no committee. He said it at every meeting, and was at last elected chairman.",
    "There is a family in {GPE Sandwick Mains}, the {PERSON Eunson} family, with eleven children, and each went to school in a different boat, since the boat was replaced as often as they were. The eldest is now a captain in {GPE Singapore}. The youngest is the one who rings me.",
    "On the wall of the waiting room at {GPE Tarn} somebody has drawn a calendar. It begins in {DATE March 2019}, with the promise of a new roof, and it has a stroke for every week. I counted them, and then it began to rain, and I could not see the wall.",
    "The {ORG Women's Guild} of {GPE Lambholm} invited both parties to supper on {DATE 13 February}. Nothing was agreed, but everyone was fed. I mention it because it is the only meeting on {topic} this year after which nobody issued a statement.",
    "When {GPE Norway} built its tunnels, we laughed, because we had boats. Now we look at the boats. I do not ask for a tunnel. I ask that we stop laughing and read what they wrote in {DATE 1998} about {topic}, which is on one page.",
    "I asked the pupils of {GPE Castle Sound} what they would do. The {EVENT Youth Assembly} met in {DATE February}, in this chamber, and dealt with {topic} in twenty-two minutes. They had one advantage over us: they did not know who had said what in {DATE 2014}.",
    "At the pier of {GPE Grindavoe} there hangs a bell, cast in {GPE Bergen} in {DATE 1822}. It used to be rung in fog. It is now rung when a member of this House comes ashore, and I cannot always tell in what spirit.",
    "Let me tell the House about the map in my office. It has red pins for what is broken and green ones for what was mended, and in {DATE January} we ran out of red. The shop in {GPE Kirkwall} sent blue. I have decided that blue means promised.",
    "Twice in my life I have seen {GPE Port Ansgar} of one opinion: on the day in {DATE 1986} when the {ORG Cathcart Line} withdrew the steamer, and last {DATE Tuesday}, at the meeting on {topic}. On the first occasion it did not help. I am here because of the second.",
]
POST = [
    "I have a letter from {who}, and with permission I shall read it.",
    "{who}, writes as follows.",
    "The shortest letter in the folder is from {who}.",
    "This came from {who}, on the back of a tide table.",
    "And here is {who}, whose hand is better than mine.",
    "I promised {who}, that these words would stand in the report.",
    "From {who}, I have this, dated {DATE 27 February}.",
]
REPLIES = [
    "May I answer three things that were said. It is not new; it is not dear; and it is not, as somebody put it behind his hand, about the next election, since I am not standing.",
    "I have listened to the objections, and I should take them more seriously if they were not the ones that were raised in {DATE 2018} against the opposite.",
    "Nothing has been said against the amendment that could not be said against umbrellas.",
    "I was asked whether I had thought of {GPE Tarn}. I think of {GPE Tarn} a great deal; my mother lives there, and has the telephone.",
    "Of the speeches on the other side I liked the second best, since it gave a reason.",
    "There was a time when members of this House rowed here. I sometimes think that we ought to go back to that, for the sake of brevity and of {topic}.",
    "The argument from cost would move me more if I had not seen the account for the reception of {DATE 2 December}.",
    "I do not doubt the good will of anyone in this chamber. I have an uncle who is full of good will, and we do not let him steer.",
    "We have now heard from six members, two of whom changed their minds while speaking, one of them twice. I take that as encouragement.",
    "I wrote to the {ORG Harbour Trust} on {DATE 12 January}, to the {ORG Department of Works} on {DATE 19 January}, and to both on {DATE 2 February}. I have the receipts. I have nothing else.",
]
PIERS = """North quay|South pier|Old slip|Fish quay|Lifeboat steps|Ferry berth|Small-boat harbour|Coal pier""".split("|")

COMMENTS = [
    "{PERSON Astrid Flaws}, {GPE Castle Sound}|I read all of it on the boat and we were still not in. Could somebody tell the minister that the lift was working on {DATE Monday}? I have a photograph.",
    "crofter_of_ovey|Thirty-two clauses and not one word about the sheep on the slipway.",
    "{PERSON Jens Mikkel Dahl}, {GPE Tórshavn}|We did repeal it in {DATE 2017}, but because of the paperwork, not because it failed. Ms {PERSON Thorkelsdottir} knows this, I sent her the file.",
    "{PERSON Wilma Drever}|For the record, I enter on the top of the swell with my eyes OPEN. I said that I should *like* to shut them.",
    "seasick since {DATE 1974}|Best thing about the whole debate is the dog. What was the ruling on the dog?",
]

FIRST = """Ada Albrecht Alina Anders Bertha Bjarni Cecilia Conrad Dagny Davit Edith Eilidh Emeka Frida Gavin Gudrun Hamza Hilda Ivo
Jamila Johan Karin Lachlan Leila Mathilde Murdo Nadia Niels Oonagh Pavel Rhona Sigurd Tamsin Ulf Viveka Yusuf""".split()
LAST = """Anderssen Baikie Birnie Chukwu Craigie Dalgaard Drummond Eide Foubister Ghosh Goudie Harcus Holm Irvine Jamieson Karlsen
Kowalski Laird Leith Marwick Moar Nicolson Norquoy Okafor Pottinger Rousay Sabiston Scarth Shearer Tait Velle Work""".split()
TRADES = """a baker|a boatbuilder|a bus driver|a district nurse|a farmer|a fish buyer|a fitter|a headmistress|a joiner|a lorry driver|a mussel
grower|a net maker|a postman|a potter|a retired mate|a shopkeeper|a smith|a student|a vet|a weaver|an electrician|an innkeeper|an organist""".replace("\n", " ").split("|")
REMARKS = [
    "told me that the present rule was written by somebody who had never been wet",
    "asked only that we should decide one way or the other before the spring tides",
    "said that the talk of {topic} had outlived two councils and a marriage",
    "has kept a diary of it since {DATE {year}}, in pencil, because of the damp",
    "wrote that there was nothing wrong with {topic} that a morning in the rain would not teach this House",
    "would pay more, gladly, if paying more had ever once made a difference",
    "would rather that we left it alone, and I promised to say so",
    "thinks that we shall do what {GPE Shetland} did, only later and in a worse year",
    "came to my surgery on {DATE {day}} with a drawing, and it was a good drawing",
    "sent me the bill for {DATE {month}}, and a second sheet for the remarks on it",
    "said in {DATE {year}} that this would happen, and has been kind enough not to say so since",
    "put it better than I can: a promise is not a handrail",
    "does not ask for sympathy, having had a good deal of it from my predecessor",
    "counted on both hands those who had given up and moved to {GPE {town}}",
    "read the bill aloud in the shop, and was asked to stop at clause nine",
    "said that the officials who came in {DATE {month}} were polite, and that this was when the worry began",
    "has a cousin in {GPE {town}} where {topic} was settled in an afternoon",
    "remembers the inquiry of {DATE {year}} and the sandwiches, and nothing else that came of it",
    "believes that {topic} will be settled by the weather, as most things are here",
    "offered to show the minister in person, at any hour except low water",
    "told the committee in {DATE {month}} what it costs, to the penny, and was thanked for the detail",
    "would not be named at first, and then said: put me down, they all know my roof anyway",
    "says that a rule which nobody can remember is a rule for strangers",
    "had to borrow a boat for it in {DATE {month}}, and to give it back wet",
    "has seen {topic} done properly in {GPE {town}} and has the ticket to prove it",
    "reckons that the whole of {topic} could be put right by two people in a spare week",
    "was at the meeting on {DATE {day}} and left when they came to the definitions",
    "is of the opinion that we have been very well advised and very badly told",
    "holds that {topic} is like the roof of the hall: everyone has stood under it and nobody owns it",
    "showed me the ledger for {DATE {year}}, where it is all written down in a clear hand and in red",
    "gave up in {DATE {month}} and took it up again in the week after, out of temper",
    "has never agreed with me on anything, and began the conversation by saying that this would continue",
    "recalls that in {DATE {year}} the same promise was made from the same steps by a taller man",
    "said only: come in {DATE {month}}, and bring the man who wrote it",
    "depends on it three times a week and has learnt not to say so at the counter",
    "wants it to be known that the notice on the door is not a plan",
    "put a jar on the counter for it, and there are now eighty-one pounds in the jar and a button from {GPE {town}}",
    "asked whether the minister had children, and when I said yes, nodded for some time",
    "made a model of it in matches for the fair of {DATE {month}}, and the model works",
    "counts the days since it last went well, and stopped at {DATE {day}} for want of chalk",
    "says that {topic} is the reason for the second freezer",
    "was told in {DATE {year}} that it was under review, and would like to know whether the review has grandchildren",
    "thinks it a small matter, and then talked about it for an hour and ten minutes",
    "lost two working days to it in one week of {DATE {month}}, and had the grace to laugh",
]
TOWNS = "Aberdeen Ålesund Bergen Bremerhaven Gothenburg Halifax Kirkwall Lerwick Reykjavik Stornoway Tromsø Turku".split()
MONTHS = "April May June July August September October November December".split()
HOURS = ["ten past eleven", "noon", "ten to one", "a quarter past two", "three o'clock", "twenty to five", "six o'clock", "half past seven"]

MARK = re.compile(r"\{(PERSON|ORG|GPE|LOC|NORP|EVENT|DATE) ([^{}]*)\}")
EVIDENCE = 4  # further paragraphs of what people said, for each clause
EVERY = 9_000  # characters between two running heads, as on the printed page


class Bank:
    """Hands out sentences in shuffled rounds, so that none comes back before all the others were used."""

    def __init__(self, rng, items):
        self.rng, self.items, self.left = rng, list(items), []

    def take(self):
        if not self.left:
            self.left = self.items[:]
            self.rng.shuffle(self.left)
        return self.left.pop()


class Banks(dict):
    """All banks by name."""

    def __init__(self, *groups):
        super().__init__()
        for group in groups:
            self.update(group)


class Transcript:
    """Collects labelled lines. A line is (label, text with marks); '' is a blank line."""

    def __init__(self):
        self.lines, self.since_head, self.column = [], 0, 211

    def add(self, label, text):
        self.lines.append((label, text))
        self.since_head += len(text)

    def blank(self):
        self.lines.append((None, ""))

    def body(self, text):
        if self.since_head > EVERY:
            self.column += 2
            self.since_head = 0
            self.add("nav", f"ISLES ASSEMBLY · OFFICIAL REPORT · Tuesday, 3 March 2026 · column {self.column}")
            self.blank()
        self.add("body", text)
        self.blank()

    def say(self, member, text):
        name, _, seat, party = member
        self.body(f"{{PERSON {name}}} ({{GPE {seat}}}) ({party_mark(party)}): {text}")

    def minister(self, text):
        self.body(f"The {MINISTER[2]} ({{PERSON {MINISTER[0]}}}): {text}")


def party_mark(party):
    return party if party == "Independent" else f"{{ORG {party}}}"


def upper_first(text):
    return text if text.startswith("{") else text[0].upper() + text[1:]


def sentence(text):
    return upper_first(text) + ("" if text.endswith((".", "?", "!")) else ".")


def fill(rng, banks, text, topic):
    """Puts a topic, a year and so on where a sentence has a place for them."""
    for slot, value in [
        ("topic", topic),
        ("year", str(rng.randrange(1996, 2025))),
        ("day", f"{rng.randrange(2, 28)} February"),
        ("month", rng.choice(MONTHS)),
        ("town", banks["town"].take()),
        ("someone", f"{banks['first'].take()} {banks['last'].take()}"),
    ]:
        text = text.replace("{" + slot + "}", value)
    return text


def witness(rng, banks, topic):
    """One sentence about somebody met outside this House."""
    name = f"{{PERSON {banks['first'].take()} {banks['last'].take()}}}"
    seat = rng.choice(MEMBERS)[2]
    remark = fill(rng, banks, banks["remark"].take(), topic)
    return sentence(f"{name}, {banks['trade'].take()} at {{GPE {seat}}}, {remark}")


def letter(rng, banks, topic):
    """What somebody has written, read out in full."""
    seat = rng.choice(MEMBERS)[2]
    name = f"{{PERSON {banks['first'].take()} {banks['last'].take()}}}"
    opening = banks["post"].take().replace("{who}", f"{name}, of {{GPE {seat}}}")
    return f'{opening} "{fill(rng, banks, banks["letter"].take(), topic)}"'


def division(rng, out, number, mover):
    """A vote by name, as the report prints it."""
    others = [member for member in MEMBERS if member is not mover]
    rng.shuffle(others)
    ayes = [mover, *others[: rng.randrange(3, 10)]]
    noes = [member for member in others if member not in ayes]
    out.body(f"The committee divided at {rng.choice(HOURS)}: Ayes {len(ayes)}, Noes {len(noes)}.")
    for side, members in [("Ayes", ayes), ("Noes", noes)]:
        names = "; ".join(sorted(f"{{PERSON {member[0]}}} ({{GPE {member[2]}}})" for member in members))
        out.body(f"{side}: {names}.")
    won = len(ayes) > len(noes)
    out.body(f"Amendment {number} was {'agreed to' if won else 'disagreed to'}.")
    return won


def clause(rng, out, banks, number, fields):
    """The debate on one clause, from its calling to the vote."""
    title, topic, harm, does, objection, story, figure, answer, question, reply = fields
    line = {name: (lambda name=name: banks[name].take().replace("{topic}", topic)) for name in banks if name not in ("member", "aside")}
    mover, critic, friend, second_critic, second_friend, late, asker = (banks["member"].take() for _ in range(7))

    def saw():
        return witness(rng, banks, topic)


    out.body(f"Clause {number}: {title}")
    out.body(f"{CHAIR}: We come to clause {number} and to amendment {number * 3 + 1}, in the name of {mover[1]}.")
    out.say(mover, f"{line['open']()} {line['why']()} {sentence(harm)}")
    out.body(f"{saw()} {saw()} {line['further']().replace('{does}', does)}")
    out.body(f"{letter(rng, banks, topic)}")
    out.say(asker, line["check"]().replace("{seat}", "{GPE " + asker[2] + "}"))
    out.say(mover, f"{line['response']()} {line['why']()} {line['close']()}")

    out.say(critic, f"{line['against']().replace('{mover}', mover[1])} {sentence(objection)} {line['more']()}")
    out.body(f"{saw()} {line['more']()}")
    out.say(friend, f"{line['for']().replace('{mover}', mover[1])} {sentence(story)} {line['story']()}")
    out.body(f"{line['figure']().replace('{figure}', upper_first(figure))} {line['after']()} {saw()}")
    if rng.random() < 0.55:
        call, excuse = banks["aside"].take()
        out.body(f"{CHAIR}: {call}")
        if excuse:
            out.say(friend, excuse)
    out.say(second_critic, f"I share the doubts of {critic[1]}. {saw()} {line['more']()}")
    out.body(f"{letter(rng, banks, topic)} {saw()}")
    out.say(second_friend, f"And I do not share them. {line['place']()}")
    out.body(f"{saw()} {saw()} {line['story']()}")
    out.say(late, f"{line['place']()}")
    out.body(f"{letter(rng, banks, topic)} {saw()}")

    out.say(asker, f"{line['place']()} {line['more']()}")
    out.body(f"I have also asked round, in my own constituency and beyond it. {saw()} {saw()} {saw()}")
    for _ in range(EVIDENCE):
        out.body(f"{saw()} {saw()} {saw()}")
    out.body(f"{letter(rng, banks, topic)} {line['close']()}")

    out.minister(f"{line['mopen']().replace('{mover}', mover[1])} {line['mmid']()} {sentence(answer)}")
    out.body(f"To {critic[1]} I would say that the objection is a good one and that we have met it before. {line['mmid']()} {line['mmid']()} To {friend[1]} I can only say that I have written it down, and shall write back.")
    out.say(asker, sentence(question))
    out.minister(sentence(reply))
    if rng.random() < 0.6:
        out.say(mover, f"{line['reply']()} {saw()} {line['press']()}")
        won = division(rng, out, number * 3 + 1, mover)
    else:
        out.say(mover, f"{line['reply']()} {line['withdraw']()}")
        out.body("Amendment, by leave, withdrawn.")
        won = False
    out.body(f"Clause {number}{', as amended,' if won else ''} was agreed to.")


def schedule(rng, out):
    """The list of dues at the end of a bill: short lines, which no prose rule likes."""
    out.body("Schedule 1: Dues by pier, in pounds a metre and day, from {DATE 1 April 2026}")
    for seat in dict.fromkeys(member[2] for member in MEMBERS):
        for pier in rng.sample(PIERS, 4):
            low, step = rng.randrange(80, 240), rng.randrange(20, 90)
            out.add("body", f"{{GPE {seat}}}, {pier.lower()}: under 5 m free; 5 to 10 m {low / 100:.2f}; over 10 m {(low + step) / 100:.2f}")
    out.blank()
    out.body("Schedule 1 was agreed to.")


def transcript():
    rng = random.Random(1893)
    out = Transcript()
    out.add("nav", "Isles Assembly | Members | Business | Official Report | Watch | Visit us | Norsk")
    out.add("nav", "Official Report > Session 2025-26 > Tuesday, 3 March 2026")
    out.blank()
    out.add("nav", "Harbours and Ferries Bill: committee of the whole House")
    out.blank()
    out.body(
        "The {ORG Isles Assembly} met at ten o'clock and went into committee on the government's bill on harbours and ferries, "
        "brought in on {DATE 11 November 2025} and read a second time on {DATE 20 January 2026}."
    )
    out.body(f"{CHAIR} (Mr {{PERSON Laurence Sutherland-Okoro}}): We have thirty-two clauses before us, and snow behind us. I propose that we begin.")
    banks = {name: Bank(rng, items) for name, items in {
        "member": MEMBERS, "open": OPENINGS, "why": WHY, "further": FURTHER, "close": CLOSINGS, "against": AGAINST,
        "more": MORE_AGAINST, "for": FOR, "story": AFTER_STORY, "figure": FIGURE, "after": AFTER_FIGURE,
        "mopen": MINISTER_OPENS, "mmid": MINISTER_MIDDLE, "withdraw": MOVER_ENDS_WITHDRAWN, "press": MOVER_ENDS_PRESSED,
        "check": CHECKS, "response": RESPONSES, "place": PLACES, "reply": REPLIES,
    }.items()}
    plain = {name: Bank(rng, items) for name, items in {
        "aside": ASIDES, "first": FIRST, "last": LAST, "trade": TRADES, "remark": REMARKS, "town": TOWNS, "letter": LETTERS, "post": POST,
    }.items()}
    for number, row in enumerate(CLAUSES.splitlines(), start=1):
        clause(rng, out, Banks(banks, plain), number, row.split("|"))
    schedule(rng, out)
    out.body("The committee rose at five minutes past eight, the bill having been considered, and the last boat for {GPE Lambholm} having waited.")
    out.add("nav", "Contact the Official Report | Corrections | Accessibility | Isles Assembly, The Ropewalk, Port Ansgar")
    out.add("nav", f"Comments from readers ({len(COMMENTS)})")
    out.blank()
    for who, what in (comment.split("|") for comment in COMMENTS):
        out.add("comment", who)
        out.add("+", what)
        out.blank()
    out.add("nav", "Back to top")
    return out.lines


def marked(lines):
    """The gold file: neighbouring lines of one label are one region, but each comment is its own."""
    out, label, waiting = [], None, 0
    for kind, text in lines:
        if kind is None:
            waiting += 1
            continue
        go_on = kind == "+" or (kind == label and kind != "comment")
        out += [f"{'+' if go_on else '':7}|"] * waiting
        out.append(f"{'+' if go_on else kind:7}| {text}")
        label, waiting = (label if kind == "+" else kind), 0
    out.append("       |")  # the file ends in a line feed
    return "\n".join(out) + "\n"


def main():
    lines = transcript()
    bare = "\n".join(MARK.sub(lambda mark: mark[2], text) for _, text in lines) + "\n"
    assert not set("{}\\") & set(bare), "a mark was not read"
    (HERE / "news-sample" / f"{NAME}.txt").write_text(bare, encoding="utf-8", newline="\n")
    (HERE / "gold" / f"{NAME}.marked").write_text(marked(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
