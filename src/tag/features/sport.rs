//! Whether an article is about sport, where towns and countries are the names of teams.

use std::sync::LazyLock;

use super::ByHash;
use crate::tag::lexicon::WordHash;
use crate::tag::words::Word;

/// Words of sport in many languages, which are rare in other news.
const WORDS: &str = "
    coach striker goalkeeper midfielder winger wicket wickets innings match matches season league tournament championship playoff
    playoffs semifinal semi-final quarterfinal goalless equaliser equalizer fixture fixtures halftime half-time kick-off referee
    touchdown quarterback inning rebounds teammate teammates unbeaten stadium squad tennis football soccer basketball cricket rugby
    hockey baseball scored batsman bowler peloton sprint relegation

    spiel spieltag saison bundesliga pokal stürmer torwart elfmeter halbzeit tabelle niederlage mannschaft elf stadion treffer
    unentschieden trainer tore abstieg
    but buts entraîneur saison championnat attaquant gardien mi-temps penalty défaite stade joueurs arbitre buteur classement
    gol goles partido entrenador temporada campeonato delantero portero penalti derrota estadio jugadores árbitro clasificación
    partita allenatore stagione campionato attaccante portiere rigore sconfitta stadio giocatori arbitro classifica
    doelpunt doelpunten wedstrijd seizoen eredivisie beker spits doelman strafschop nederlaag spelers scheidsrechter duel
    golo golos jogo treinador taça atacante goleiro pênalti estádio jogadores árbitro
    gole bramka bramki mecz meczu trener sezonu ekstraklasa puchar napastnik bramkarz drużyna drużyny piłkarze
    zápas zápase trenér sezony ligy brankář penalta porážka fotbalisté gól góly kolo
    utakmica utakmici trener sezona prvenstvo golman momčad ekipa tekma
    матч матчу матче матчі тренер сезон сезону сезоне ліга лига лиги кубок нападник нападающий воротар вратарь пенальті пенальти поразка
    стадіон стадион чемпіонат чемпионат чемпіонату чемпионата
    γκολ αγώνα προπονητής σεζόν πρωτάθλημα κύπελλο τερματοφύλακας πέναλτι ήττα γήπεδο
    مباراة المباراة الهدف مدرب الدوري المنتخب ملعب لاعب اللاعب الشوط الجولة
    hlv trận vòng thủ
    matchen kampen tränare træner trener säsongen sæsonen sesongen målvakt målmand spelare
    maç maçta gol teknik lig kupa
    mérkőzés edző szezon bajnokság kupa ottelu maali valmentaja kausi joukkue meci antrenor echipa pertandingan pelatih musim";

static HASHES: LazyLock<ByHash<()>> = LazyLock::new(|| {
    let words = WORDS.split_whitespace();
    words.map(|word| (WordHash::lower(word), ())).collect()
});

/// How much an article is about sport: 0, 1 or 2.
pub(super) fn sport(words: &[Word]) -> u64 {
    let hashes = &*HASHES;
    let found = words
        .iter()
        .filter(|word| hashes.contains_key(&word.lower))
        .count();
    match found {
        0..2 => 0,
        2..5 => u64::from(found * 100 >= words.len()),
        _ => u64::from(found * 200 >= words.len()) + u64::from(found * 60 >= words.len()),
    }
}
