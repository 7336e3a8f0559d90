"""Sentences of pages that are neither story nor comment, written for training.

`NOTICES` has lines by language: notes on the author, appeals for money, newsletters, corrections, rules, quizzes, product blurbs,
credits. `{p}` is a person, `{s}` the site, `{n}` a number.
"""

NOTICES = {
    "en": """
{p} joined {s} in 20{n}. She covers schools and the county courts.
{p} has written for {s} since 20{n} and lives with two dogs near the harbour.
{p} is our health correspondent. Reach her on 555-01{n} or by email.
{p} is the author of three books, the latest of which is about rivers.
{p} is a retired teacher and a member of the board. The opinions are the author's own.
{p} was a sports editor for twenty years. He writes this column every second Friday.
{p} reports on energy and the environment. Before that he worked in Brussels.
About the author: {p} studied history and has been with the paper for {n} years.
Reporting by {p}; additional reporting by the foreign desk.
Additional research by {p}. Graphics by the data team.
This story was produced with the support of a grant for local reporting.
This article first appeared in the print edition of {s}.
A version of this article appeared on page {n} of the Sunday paper.
A longer version of this report can be found on our website.
This is a developing story and will be updated.
This story has been updated to include a statement from the company.
An earlier version of this story misstated the age of the mayor. We regret the error.
Correction: the bridge was built in 1931, not in 1913 as we reported.
A caption on Tuesday gave the wrong name for the lighthouse keeper. It has been corrected.
In Monday's report on the budget we said million where we meant billion.
Because of an editing error, an article on Thursday described the river incorrectly.
If you find a mistake in one of our stories, write to the standards editor.
Support journalism that belongs to nobody but its readers. Give what you can.
You have read {n} articles this month. For the price of a coffee you can help us to write the next one.
Unlike many others we have no paywall, because we believe that news should be open to all.
If everyone who reads us gave a pound, our appeal would be over in an hour.
Thank you for reading. Stories such as this take months, and they are paid for by people like you.
We need your help. Our reporters sit in every courtroom of the county, and somebody has to pay them.
Your gift is tax deductible, and {n} pence in every pound goes to reporting.
Become a member and get our weekend magazine, with no advertisements, for just £{n} a month.
Give once  Give monthly  Not now
Already a member? Sign in and we will stop asking.
You have reached your limit of free articles. Subscribe today and read without limits.
Want to read on? Start your free trial now. Cancel at any time.
This content is for subscribers only. Choose the plan that is right for you.
To continue reading, log in or create an account. It takes less than a minute.
Get unlimited access to {s} for less than a cup of tea a week.
Never miss a story: sign up for our alerts and choose the topics that matter to you.
Every weekday at seven, our editors pick the five stories that you should know about.
Join {n},000 readers who start their day with our letter.
Our Friday newsletter tells you what to do, see and eat this weekend.
Enter your email address below and we will send you our best reads once a week.
We will never share your address, and you can unsubscribe at any time.
Please check your inbox and confirm that you want to hear from us.
Follow us for the latest news, and listen to our podcast wherever you get yours.
Have you been affected by this story? Tell us what happened by writing to our reporters.
Do you know more about this? You can send us a tip without giving your name.
Were you there? Send your pictures and videos to our news desk.
Do you have a question that you want us to look into? Ask us, and we may find out.
Got a view on this? Email us, and we will print the best letters on Saturday.
Letters should be no longer than {n} words and must carry the writer's full address.
We welcome letters. We edit for length and clarity, and we check that you are who you say.
Join the debate on our page and tell us whether the council was right.
Should the pool stay open? Vote in our poll, and see what others think.
How well do you know your town? Take our quiz of {n} questions and find out.
Which castle is this? The answer is at the bottom of the page.
Thinking of a new boiler? Compare offers from installers near you in two minutes.
Is your pension working as hard as you are? Talk to one of our advisers today.
You won't believe what these actors look like now.
Doctors are stunned by this simple trick for sore knees.
The best garden chairs of the year, tested by our experts.
Our top pick: sturdy, light and easy to clean, though not cheap.
If you like a soft mattress, this is the one for you. From £{n}.
When you buy through links on this page, we may earn a commission at no cost to you.
Prices were correct at the time of publishing and may have changed since.
Advertisement - story continues below
Our partners and we store and access information on your device to show you advertisements that fit.
By continuing to use this site you agree to our use of cookies. Read our policy to learn more.
You can change your mind at any time in the settings.
This site is protected by a captcha, and the privacy policy applies.
We value your privacy and ask for your consent before we use your data.
Please keep it civil. We remove what is offensive, off topic or promotes a product.
Moderators read each post before it is shown, which may take some hours at the weekend.
Our house rules are simple: be kind, be brief and stick to the subject.
Users who break the rules will lose the right to post.
The views expressed here are those of our users and not those of {s}.
Comments on this piece are premoderated to keep the discussion on what the writer raised.
Commenting on this article has ended. You can still read what others wrote.
There are no comments on this story yet. Why not be the first?
Only subscribers can take part in the discussion. Join us from £{n} a month.
Log in or register to join the conversation.
What did you make of this? Let us know below.
Republish our stories for free, online or in print, under a Creative Commons licence.
No part of this may be copied without the written permission of the publisher.
{s} is not responsible for the content of external sites.
{s} is a member of the press council and follows the editors' code.
If you want to complain about a story, please read how to do so here.
If you or someone you know is struggling, you can call the helpline at any hour, free of charge.
For confidential support call 116 {n} or visit a local branch.
Tickets are on sale now at the box office and online.
Our offices are at {n} Canal Street. Open weekdays from nine to five.
The weather: rain at first, brighter later, with highs of {n} degrees.
Tides: high water at 6.{n} and 18.{n}.
Send flowers to the family, or light a candle in memory.
Share your memories of {p} in our book of condolence.
Sign the petition: we ask the minister to keep the line open. {n},204 have signed so far.
We call on the government to act before the summer. Add your name today.
Surfers have asked the council to move the shark nets further out.
A family of four has kept the village shop open through three floods, and a fourth is on its way.
The last cinema in the valley will close its doors on Sunday after ninety years.
Farmers say that the new rules will cost them a third of their herd.
She lost everything in the fire. Then the letters began to arrive.
He wanted to be a pilot, until a teacher gave him a violin.
The council has until Friday to answer, and nobody expects that it will.
What a small bakery can teach us about the price of bread.
Why the storks came back to the old brewery, and what happened next.
Inside the lab that wants to grow wood without trees.
Our readers' favourite walks, from the coast path to the moor.
From the archive: the winter in which the lake froze for eleven weeks.
Listen: our reporter on what she found in the files.
Watch the moment when the tower came down.
In pictures: the carnival on its first day.
This page was last changed on {n} March. Opens in a new window.
Story continues after the advertisement.
We acknowledge the traditional owners of the land on which we work.
Made with care in the north. Hosted on renewable power.
""",
    "de": """
{p} ist Redakteurin im Ressort Lokales und schreibt seit 20{n} über Schulen.
{p}, Jahrgang 1961, lebt als Übersetzer mit Frau und Hund am Bodensee.
Der Autor ist freier Journalist und beschäftigt sich mit Verkehrspolitik.
Dieser Beitrag erschien zuerst in der gedruckten Ausgabe vom Samstag.
In einer früheren Fassung stand, die Brücke sei 1913 gebaut worden. Wir haben den Fehler berichtigt.
Korrektur: Der Bürgermeister ist 57 Jahre alt, nicht 75. Wir bitten um Entschuldigung.
Sie haben bis hierher gelesen, dafür danken wir Ihnen. Unterstützen Sie unsere Arbeit mit einem Abo.
Guter Journalismus kostet Geld. Helfen Sie uns mit einem Betrag Ihrer Wahl.
Testen Sie uns vier Wochen lang kostenlos, das Abo endet von selbst.
Jetzt weiterlesen: alle Artikel für einen Euro im ersten Monat.
Dieser Artikel ist nur für Abonnenten. Sie haben schon ein Konto? Hier anmelden.
Jeden Freitag das Wichtigste aus Ihrer Stadt, kostenlos und jederzeit abbestellbar.
Der Newsletter am Morgen: was heute wichtig wird, in fünf Minuten gelesen.
Wir haben Ihnen eine E-Mail geschickt. Bitte bestätigen Sie Ihre Anmeldung.
Haben Sie einen Hinweis? Schreiben Sie uns vertraulich an die Redaktion.
Was meinen Sie? Stimmen Sie ab und lesen Sie, wie andere denken.
Wie gut kennen Sie Ihre Stadt? Machen Sie unser Quiz mit {n} Fragen.
Leserbriefe geben nicht die Meinung der Redaktion wieder. Kürzungen behalten wir uns vor.
Bitte bleiben Sie sachlich. Beiträge, die andere beleidigen, löschen wir.
Die Kommentare geben die Meinung der Nutzer wieder und nicht die der Redaktion.
Noch keine Kommentare. Schreiben Sie den ersten!
Um mitzudiskutieren, müssen Sie sich anmelden.
An dieser Stelle finden Sie einen externen Inhalt, der den Artikel ergänzt. Sie können ihn sich anzeigen lassen.
Wir verwenden Cookies und ähnliche Technik, um Inhalte zu messen. Sie können Ihre Wahl jederzeit ändern.
Wenn Sie über diese Links kaufen, erhalten wir eine Provision. Für Sie ändert sich am Preis nichts.
Die besten Akkuschrauber im Test: unser Favorit kostet {n} Euro.
Nachdruck nur mit Genehmigung des Verlags.
Hilfe finden Sie rund um die Uhr bei der Telefonseelsorge unter der Nummer 0800 111.
Bauern fürchten, dass die neuen Regeln sie ein Drittel der Herde kosten.
Warum die Störche in die alte Brauerei zurückkehrten.
""",
    "fr": """
{p} est journaliste au service société depuis 20{n}.
L'auteur enseigne l'histoire à l'université. Il n'exprime ici que son propre avis.
Cet article est paru d'abord dans l'édition imprimée de samedi.
Rectificatif : le pont date de 1931 et non de 1913, comme nous l'avons écrit.
Une première version de cet article donnait un âge erroné. Nous prions nos lecteurs de nous en excuser.
Vous avez lu jusqu'ici : merci. Notre journal vit de ses lecteurs, soutenez-le.
Abonnez-vous et lisez tous nos articles sans limite, dès {n} euros par mois.
Il vous reste 80 % de cet article à lire. La suite est réservée aux abonnés.
Déjà abonné ? Connectez-vous pour lire la suite.
Chaque vendredi, l'essentiel de votre ville dans votre boîte aux lettres, gratuitement.
Recevez chaque matin les cinq informations à ne pas manquer.
Un mot à nous dire ? Écrivez à la rédaction, nous publierons les meilleures lettres.
Et vous, qu'en pensez-vous ? Votez et découvrez l'avis des autres lecteurs.
Connaissez-vous bien votre région ? Répondez à nos {n} questions.
Restez courtois : les messages injurieux sont supprimés par nos modérateurs.
Les propos tenus ici n'engagent que leurs auteurs.
Aucun commentaire pour le moment. Soyez le premier à réagir.
Pour accéder à ce contenu, vous devez accepter les cookies de notre partenaire.
Vous pouvez modifier vos choix à tout moment dans les réglages.
En achetant par ces liens, vous nous soutenez : nous touchons une commission.
Toute reproduction est interdite sans l'accord de l'éditeur.
Les agriculteurs craignent de perdre un tiers de leur troupeau.
Pourquoi les cigognes sont revenues dans la vieille brasserie.
""",
    "es": """
{p} es redactora de local y escribe sobre educación desde 20{n}.
El autor es profesor de historia. Las opiniones son solo suyas.
Este artículo apareció primero en la edición impresa del sábado.
Corrección: el puente es de 1931 y no de 1913, como publicamos.
Si ha encontrado un error, escriba a la defensora del lector.
Gracias por leernos. Este periódico lo pagan sus lectores: hágase socio desde {n} euros al mes.
Ha leído todos sus artículos gratuitos de este mes. Suscríbase para seguir leyendo.
¿Ya es suscriptor? Inicie sesión para leer el artículo completo.
Cada viernes, lo más importante de su ciudad en su correo, gratis.
Reciba cada mañana las cinco noticias que debe conocer.
¿Y usted qué opina? Vote en nuestra encuesta.
¿Cuánto sabe de su ciudad? Responda a estas {n} preguntas.
¿Tiene información? Escríbanos sin dar su nombre.
Sea respetuoso: los mensajes ofensivos serán eliminados.
Las opiniones vertidas aquí son de los usuarios y no de este medio.
Todavía no hay comentarios. Sea el primero en opinar.
Puede cambiar sus preferencias en cualquier momento.
Si compra a través de estos enlaces, recibimos una comisión.
Prohibida su reproducción sin permiso del editor.
Los ganaderos temen perder un tercio de sus reses.
Por qué volvieron las cigüeñas a la vieja fábrica de cerveza.
""",
    "it": """
{p} è redattrice di cronaca e scrive di scuola dal 20{n}.
L'autore insegna storia all'università. Le opinioni sono soltanto sue.
Errata corrige: il ponte è del 1931 e non del 1913, come avevamo scritto.
Grazie per averci letto. Il giornale vive dei suoi lettori: sostienilo da {n} euro al mese.
Hai finito gli articoli gratuiti di questo mese. Abbonati per continuare a leggere.
Sei già abbonato? Accedi per leggere l'articolo.
Ogni venerdì il meglio della tua città nella tua casella di posta, gratis.
E tu che cosa ne pensi? Vota il nostro sondaggio.
Hai una segnalazione? Scrivi alla redazione.
Siate rispettosi: i messaggi offensivi vengono rimossi.
Ancora nessun commento. Scrivi il primo.
Puoi cambiare le tue scelte in qualsiasi momento.
Riproduzione riservata
Gli allevatori temono di perdere un terzo delle mucche.
""",
    "pt": """
{p} é repórter da editoria de cidades desde 20{n}.
O autor é professor de história. As opiniões são apenas dele.
Correção: a ponte é de 1931 e não de 1913, como publicamos.
Obrigado por ler. O jornal vive dos seus leitores: apoie com {n} reais por mês.
Você atingiu o limite de artigos grátis. Assine para continuar lendo.
Já é assinante? Faça login para ler o texto completo.
Todas as sextas, o melhor da sua cidade no seu e-mail, de graça.
E você, o que acha? Vote na nossa enquete.
Tem uma dica? Escreva para a redação.
Seja respeitoso: mensagens ofensivas serão removidas.
Ainda não há comentários. Seja o primeiro a comentar.
É proibida a reprodução sem autorização do editor.
Os criadores temem perder um terço do gado.
""",
    "nl": """
{p} is verslaggever en schrijft sinds 20{n} over onderwijs.
De auteur is historicus. Hij schrijft hier op persoonlijke titel.
Rectificatie: de brug is van 1931 en niet van 1913, zoals wij schreven.
Bedankt voor het lezen. Onze krant leeft van zijn lezers: word lid voor {n} euro per maand.
Je hebt je gratis artikelen voor deze maand gelezen. Neem een abonnement om verder te lezen.
Elke vrijdag het beste uit je stad in je mailbox, gratis.
Wat vind jij? Stem mee in onze poll.
Heb je een tip? Mail de redactie.
Blijf beleefd: beledigende berichten worden verwijderd.
Er zijn nog geen reacties. Wees de eerste.
Je kunt je keuze altijd wijzigen.
Boeren vrezen dat ze een derde van hun vee kwijtraken.
""",
    "pl": """
{p} jest dziennikarką działu miejskiego, od 20{n} roku pisze o szkołach.
Autor jest historykiem. Wyraża tu wyłącznie własne opinie.
Sprostowanie: most pochodzi z 1931 roku, a nie z 1913, jak napisaliśmy.
Dziękujemy, że nas czytasz. Wesprzyj redakcję kwotą {n} zł miesięcznie.
Wykorzystałeś limit darmowych artykułów. Kup dostęp i czytaj dalej.
Co piątek najważniejsze wiadomości z miasta w twojej skrzynce, za darmo.
A ty co o tym sądzisz? Zagłosuj w naszej sondzie.
Masz temat? Napisz do redakcji.
Prosimy o kulturę: obraźliwe wpisy będą usuwane.
Nie ma jeszcze komentarzy. Dodaj pierwszy.
Rolnicy obawiają się utraty jednej trzeciej stada.
""",
    "tr": """
{p} 20{n}'den beri eğitim haberleri yazıyor.
Düzeltme: köprü 1913'te değil, 1931'de yapıldı.
Okuduğunuz için teşekkürler. Ayda {n} lira ile gazetemize destek olun.
Her cuma şehrinizin haberleri e-posta kutunuzda, ücretsiz.
Siz ne düşünüyorsunuz? Anketimize katılın.
Lütfen saygılı olun: hakaret içeren mesajlar silinir.
Henüz yorum yok. İlk yorumu siz yazın.
Kaynak gösterilmeden yayımlanamaz.
""",
    "ru": """
{p} с 20{n} года пишет о школах.
Исправление: мост построен в 1931 году, а не в 1913-м, как мы написали.
Спасибо, что читаете нас. Поддержите редакцию, оформив подписку за {n} рублей в месяц.
Каждую пятницу главные новости города на вашей почте, бесплатно.
А что думаете вы? Примите участие в опросе.
Просим соблюдать вежливость: оскорбления удаляются.
Комментариев пока нет. Будьте первым.
Перепечатка только с разрешения редакции.
Фермеры опасаются потерять треть стада.
""",
    "ar": """
شكرا لقراءتك. ادعم عملنا باشتراك شهري.
تصحيح: بني الجسر عام 1931 وليس 1913 كما ذكرنا.
كل جمعة أهم أخبار مدينتك في بريدك مجانا.
ما رأيك؟ شارك في استطلاعنا.
نرجو الالتزام بآداب الحوار، وسنحذف الرسائل المسيئة.
لا توجد تعليقات بعد. كن أول من يعلق.
""",
}


def notices(language, fill=("Ada Holm", "Daily Courier", 14)):
    """Returns the notices of a language, with a person, a site and a number filled in."""
    person, site, number = fill
    lines = NOTICES.get(language, "").strip().split("\n")
    return [line.replace("{p}", person).replace("{s}", site).replace("{n}", str(number)) for line in lines if line]
