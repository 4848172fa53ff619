import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Console } from './console.tsx'

const place = document.getElementById('console')
if (!place) throw new Error('index.html has no place for the console')

createRoot(place).render(
  <StrictMode>
    <Console />
  </StrictMode>,
)
