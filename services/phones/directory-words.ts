// The few words that pages of the phone book show beside names, in the languages of the phones.

/** Words by their English names. */
export type DirectoryWords = Readonly<Record<DirectoryWord, string>>

type DirectoryWord =
  | ('search' | 'next' | 'previous' | 'everybody' | 'exit' | 'dial' | 'select' | 'nobody')
  | ('extension' | 'work' | 'mobile' | 'home' | 'fax' | 'other')

const NAMES: readonly DirectoryWord[] = [
  ...(['search', 'next', 'previous', 'everybody', 'exit', 'dial', 'select', 'nobody'] as const),
  ...(['extension', 'work', 'mobile', 'home', 'fax', 'other'] as const),
]

/** In the order of `NAMES`. */
const TEXTS: Readonly<Record<string, string>> = {
  en: 'Search,Next,Back,All,Exit,Dial,Select,Nobody found,Extension,Work,Mobile,Home,Fax,Other',
  de: 'Suchen,Weiter,Zurück,Alle,Ende,Wählen,Auswahl,Niemand gefunden,Nebenstelle,Büro,Mobil,Privat,Fax,Andere',
  fr: 'Chercher,Suivant,Retour,Tous,Quitter,Appeler,Choisir,Personne,Poste,Bureau,Mobile,Domicile,Fax,Autre',
  es: 'Buscar,Siguiente,Atrás,Todos,Salir,Llamar,Elegir,Nadie,Extensión,Trabajo,Móvil,Casa,Fax,Otro',
  it: 'Cerca,Avanti,Indietro,Tutti,Esci,Chiama,Scegli,Nessuno,Interno,Ufficio,Cellulare,Casa,Fax,Altro',
  nl: 'Zoeken,Volgende,Terug,Alle,Sluiten,Bellen,Kies,Niemand gevonden,Toestel,Werk,Mobiel,Thuis,Fax,Overig',
  pt: 'Procurar,Seguinte,Voltar,Todos,Sair,Ligar,Escolher,Ninguém,Ramal,Trabalho,Celular,Casa,Fax,Outro',
  pl: 'Szukaj,Dalej,Wstecz,Wszyscy,Wyjdź,Dzwoń,Wybierz,Nikogo,Wewnętrzny,Praca,Komórka,Dom,Faks,Inny',
}

/** The words of a language like `de` or `pt-BR`; English where there are none. */
export function directoryWords(language: string): DirectoryWords {
  const texts = (TEXTS[language.split('-')[0] ?? ''] ?? TEXTS.en ?? '').split(',')
  return Object.fromEntries(NAMES.map((name, i) => [name, texts[i] ?? name])) as Record<DirectoryWord, string>
}
